import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { QUIET_AFTER_STOP_MS, REQUESTED_EMAIL_WINDOW_MS } from '../../../src/core/retention.ts'
import { forgetMailboxes } from '../../../src/flow/sending/requested-email.ts'
import { queryRows } from '../../support/database/database-rows.ts'
import { newestLink } from '../../support/open-own-session.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'
import { shown } from '../english-phrases.ts'

const DAY = 86_400_000
const DAYS = QUIET_AFTER_STOP_MS / DAY
let app: TestApp

beforeAll(async () => {
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})
afterAll(() => app?.close())

/** The list of what stays, as a page says it. */
function listOn(text: string): readonly string[] {
  const section = /<section [^>]*aria-labelledby="kept">[\s\S]*?<\/section>/.exec(shown(text))?.[0] ?? ''
  return [...section.matchAll(/<li>([^<]*)<\/li>/g)].map(([, line = '']) => line)
}

const codes = () => queryRows(app.dataDir, 'select * from mailbox_stop').length

test('a stop says what it called off, what stays, and for how long, for as long as that is true', async () => {
  const { visitor, lessonLink, stopLink } = await join(app, 'stops@example.test')
  await visitor.post(lessonLink, { 'f.first': 'kept', keep: '1' })
  const list = listOn((await createVisitor(app.url).post(stopLink)).text)
  expect(list).toEqual([
    'Called off: every lesson and check-in that was still to come. Nothing else is deleted.',
    expect.stringMatching(/^Your address, .*until you choose “Delete everything” below\.$/),
    expect.stringContaining('“Take it along” in the settings'),
    expect.stringContaining(`stays for ${DAYS} days`),
  ])
  // As it says: what was written is there, and the code of the address is gone after that time.
  expect((await visitor.get(lessonLink)).text).toContain('kept')
  expect(codes()).toBe(1)
  app.clock.advance(QUIET_AFTER_STOP_MS + 1)
  await forgetMailboxes(app.app.ports)
  expect(codes()).toBe(0)
  expect(listOn((await createVisitor(app.url).get(stopLink)).text)).toEqual(list.slice(0, 3))
})

test('so does an erasure, at once and by the emailed link, and an address that never joined', async () => {
  const lists: (readonly string[])[] = []
  for (const address of ['at-once@example.test', 'by-link@example.test']) {
    const { visitor, stopLink } = await join(app, address)
    const browser = address.startsWith('at') ? visitor : createVisitor(app.url)
    let answer = await browser.post(`${stopLink}/delete`)
    if (browser !== visitor) answer = await browser.post(await newestLink(app, address, '/delete/'))
    lists.push(listOn(answer.text))
  }
  expect(lists[0]).toEqual([
    expect.stringMatching(/^Deleted: your address, /),
    expect.stringContaining(`stays for ${DAYS} days`),
    expect.stringContaining(`for ${REQUESTED_EMAIL_WINDOW_MS / 3_600_000} hours`),
    expect.stringContaining('so that we never write to it again'),
    expect.stringContaining('stay with you'),
  ])
  expect(lists[1]).toEqual(lists[0])
  expect(codes()).toBe(2)

  const visitor = createVisitor(app.url)
  await visitor.post('/sign-up', { email: 'never@example.test', timeZone: 'UTC', hour: '7' })
  const [mail] = await app.mail.waitForMail('never@example.test')
  const decline = /\/stop\/[\w-]+/.exec(mail?.mail.text ?? '')?.[0] ?? ''
  expect(shown((await visitor.post(`${decline}/forget`)).text)).toContain(`stays for ${DAYS} days`)
  expect(codes()).toBe(3)
})
