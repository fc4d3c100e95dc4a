import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { NEVER } from '../../../src/core/model.ts'
import { applyBounce } from '../../../src/flow/enrolment/apply-bounce.ts'
import { changeDatabase, waitUntilIdle } from '../../support/database/database-rows.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
let app: TestApp
let operator: Visitor

/** Two days on which something of everything happened. */
beforeAll(async () => {
  app = await createTestApp({
    start: '2026-03-02T22:30:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  const { ports } = app.app
  const names = ['ada', 'bob', 'carla', 'dora', 'emil', 'finn', 'hana']
  const learners = []
  for (const name of names) learners.push(await join(app, `${name}@example.test`))
  await learners[0]?.visitor.post(learners[0].stopLink)
  await createVisitor(app.url).post('/sign-up', { email: 'gus@example.test', timeZone: 'Europe/Berlin', hour: '7' })
  await app.mail.waitForMail('gus@example.test', 1)
  await waitUntilIdle(app.dataDir, app.clock.now())
  // The lessons of the third were due before midnight, UTC, and go out after it.
  changeDatabase(
    app.dataDir,
    `update delivery set due_at = ${app.clock.now() + 10 * MINUTE} where day = 2 and state = 'planned'`,
  )
  app.clock.advance(8 * HOUR)
  await waitUntilIdle(app.dataDir, app.clock.now())
  await ports.store.sendingState.hold('a test', 'operator', app.clock.now())
  const now = app.clock.now()
  const rowOf = async (learner: number, day: number) => {
    const row = (await ports.store.deliveries.ofLearner(learner)).find((one) => one.day === day)
    if (row === undefined) throw new Error(`Learner ${learner} has no lesson ${day}.`)
    return row
  }
  for (const [learner, consequence] of [
    [2, 'dead'],
    [3, 'complaint'],
  ] as const) {
    const row = await rowOf(learner, 2)
    const event = { reason: 'no-mailbox', permanent: true } as const
    await ports.store.transaction((unit) => applyBounce(unit, row, consequence, event as never, now))
  }
  const set = async (learner: number, columns: string) =>
    changeDatabase(app.dataDir, `update delivery set ${columns} where id = ${(await rowOf(learner, 3)).id}`)
  await set(4, `state = 'deferred', due_at = ${now - 1}`)
  await set(5, `state = 'unconfirmed', due_at = ${NEVER}, resends = 1`)
  // Somebody settled this one; the relay never said so.
  changeDatabase(
    app.dataDir,
    `update delivery set state = 'unconfirmed', reply = 'no reply' where id = ${(await rowOf(6, 3)).id}`,
  )
  await ports.store.deliveries.decide((await rowOf(6, 3)).id, 'arrived', now)
  const event = { source: 'ses', key: 'a', nonce: null, sealed: new Uint8Array([1]), learnerId: null, addressKey: null }
  await ports.store.mailEvents.add(event as never, now)
  changeDatabase(app.dataDir, `update mail_event set set_aside_at = ${now}, attempts = 3`)
  await ports.store.unbuiltMessages.note((await rowOf(6, 3)).id, 'a reason', now)
  operator = await signedIn(app, 'operator')
})
afterAll(() => app?.close())

const LISTS = {
  deliveries: ['due', 'soon', 'deferred', 'unconfirmed', 'accepted', 'bounced', 'complained'].map(
    (state) => `/desk/deliveries?state=${state}`,
  ),
  people: ['signed-up', 'confirmed', 'stopped'].map((event) => `/desk/people?event=${event}`),
}
const rowsOf = (text: string) => [...text.matchAll(/<tr role="row"><td/g)].length
const linksOf = (text: string) =>
  [...text.matchAll(/<a href="(\/desk\/[^"]*)">([\d,]+)/g)].map(([, path = '', number = '']) => ({
    path: path.replaceAll('&#38;', '&').replaceAll('&amp;', '&'),
    number: Number(number.replace(',', '')),
  }))

async function listed(path: string): Promise<number> {
  const { status, text } = await operator.get(path)
  expect([path, status]).toEqual([path, 200])
  const next = /<a class="button button-secondary" href="([^"]*after=[^"]*)"/.exec(text)?.[1]
  if (path === '/desk/suppression') return Number(/On the list: (\d+)\./.exec(text)?.[1])
  return rowsOf(text) + (next === undefined ? 0 : await listed(next.replaceAll('&#38;', '&')))
}

test('every number of today leads to a list of as many', async () => {
  const { text } = await operator.get('/desk')
  const links = linksOf(text)
  const counts = links.filter(({ number, path }) => number > 0 && path !== '/desk/set-aside')
  const found = []
  for (const { path } of counts) found.push({ path, number: await listed(path) })
  expect(found).toEqual(counts)
  // Sign-ups, confirmed, stopped and sent of two days; bounced and complained; what waits; the suppression list.
  expect(new Set(counts.map(({ path }) => path.replace(/&date.*/, '')))).toEqual(
    new Set([...LISTS.deliveries, ...LISTS.people, '/desk/suppression']),
  )
  const aside = links.filter(({ path }) => path === '/desk/set-aside').map(({ number }) => number)
  expect(aside).toEqual([1, 1])
  expect(rowsOf((await operator.get('/desk/set-aside')).text)).toBe(2)
})

test('a day without anything leads to an empty list', async () => {
  for (const query of ['deliveries?state=bounced', 'deliveries?state=accepted', 'people?event=signed-up'])
    expect(await listed(`/desk/${query}&date=2026-02-20`)).toBe(0)
  expect(await listed('/desk/people?event=stopped&state=active')).toBe(0)
  expect(await listed('/desk/people?event=signed-up&state=pending')).toBe(1)
  expect(await listed('/desk/people?event=signed-up&state=stopped')).toBe(3)
})

test('an author sees the numbers without links', async () => {
  const author = await signedIn(app, 'author')
  expect(linksOf((await author.get('/desk')).text)).toEqual([])
  expect(linksOf((await author.get('/desk/figures')).text)).toEqual([])
})
