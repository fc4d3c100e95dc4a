import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Lesson } from '../../../src/core/course/course.ts'
import { addressKey, mailboxKey } from '../../../src/core/security/keys.ts'
import { viewAuditLog } from '../../../src/flow/desk/read-audit-log.ts'
import { viewRecoveryCode } from '../../../src/flow/security/recovery-code.ts'
import { forgetSessions } from '../../../src/flow/security/sessions.ts'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { writingFieldOf } from '../../support/fill-exercise.ts'
import { linksOf } from '../../support/mail-links.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../../support/visitor.ts'
import { signedIn } from './signed-in.ts'

const DAY = 86_400_000
const BEFORE = 'written before the correction 7261'
const MEANWHILE = 'written by the person meanwhile 5512'
let app: TestApp
let field: string
let people = 0

beforeAll(async () => {
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days', SIGN_UP_LIMIT: '200' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  field = writingFieldOf(app.app.ports.courses.get('three-days')?.lessons[0] as Lesson)
})
afterAll(() => app?.close())

const idle = () => waitUntilIdle(app.dataDir, app.clock.now())
const mailsTo = (address: string) => app.mail.accepted.filter(({ to }) => to === address)
const idOf = (address: string) =>
  Number(queryRows(app.dataDir, `select id from learner where address = '${address}'`)[0]?.id)
const linkIn = (address: string, kind: string) =>
  mailsTo(address)
    .flatMap((mail) => linksOf(mail))
    .findLast((link) => link.startsWith(app.url + kind)) ?? ''
const write = (joined: SignedUpLearner, visitor: Visitor, text: string) =>
  visitor.post(joined.lessonLink, { [`f.${field}`]: text, keep: '1' })
const lastLine = async () => (await viewAuditLog(app.app.ports, {}, null)).lines[0]

/** Somebody who wrote something, and the operator's wish for another address. */
async function someone(choices: Record<string, string> = {}) {
  people += 1
  const joined = await join(app, `person-${people}@example.test`, choices)
  await write(joined, joined.visitor, BEFORE)
  app.clock.advance(1_000)
  return { joined, former: joined.address, id: idOf(joined.address), next: `next-${people}@example.test` }
}

async function correct(id: number, address: string, more = {}) {
  const operator = await signedIn(app, 'operator')
  const answer = await operator.post(`/desk/people/${id}/address`, { address, reason: 'asked', ...more })
  await idle()
  return answer
}

/** The whole correction, as far as the click in the new mailbox. */
async function corrected() {
  const person = await someone()
  await correct(person.id, person.next)
  expect((await createVisitor(app.url).post(linkIn(person.next, '/address/'))).status).toBe(200)
  await idle()
  app.clock.advance(1_000)
  return person
}

describe('correcting an address', () => {
  test('asks the new mailbox; nothing changes until somebody clicks there, and then the former one is told', async () => {
    const { former, next, id } = await someone()
    const answer = await correct(id, next, { note: 'called on Monday' })
    expect(answer.headers.get('Location')).toBe(`/desk/people/${id}?done=correct-address`)
    expect(await lastLine()).toMatchObject({
      act: 'correct-address',
      learnerId: id,
      note: 'called on Monday',
      details: {},
    })
    expect(JSON.stringify(queryRows(app.dataDir, 'select * from audit_entry'))).not.toContain(next)
    expect(idOf(former)).toBe(id)
    const operator = await signedIn(app, 'operator')
    expect((await operator.get(`/desk/people/${id}?done=correct-address`)).text).toContain('You asked a new address')

    expect((await createVisitor(app.url).post(linkIn(next, '/address/'))).status).toBe(200)
    await idle()
    expect(idOf(next)).toBe(id)
    const [undo] = linksOf(mailsTo(former).at(-1) as (typeof app.mail.accepted)[number]).filter((link) =>
      link.includes('/address/undo'),
    )
    app.clock.advance(DAY)
    await idle()
    expect(mailsTo(next).at(-1)?.mail.subject).not.toBe(mailsTo(former).at(-1)?.mail.subject)
    expect(mailsTo(next)).toHaveLength(2)
    expect((await createVisitor(app.url).post(undo ?? '')).status).toBe(200)
    expect(queryRows(app.dataDir, `select state from enrolment where learner_id = ${id}`)).toEqual([
      { state: 'stopped' },
    ])
  })

  test('is answered the same whether the new address is unknown, takes a course, or gets no email', async () => {
    const { id } = await someone()
    const { former: taken } = await someone()
    const { keys, store } = app.app.ports
    const suppressed = 'suppressed@example.test'
    const row = { addressKey: addressKey(keys, suppressed), reason: 'operator', createdAt: app.clock.now() }
    await store.suppressions.addKey(row)
    const answers = [await correct(id, 'nobody@example.test'), await correct(id, taken), await correct(id, suppressed)]
    expect(
      new Set(answers.map(({ status, text, headers }) => `${status} ${headers.get('Location')} ${text}`)).size,
    ).toBe(1)
    for (const address of [taken, suppressed]) expect(linkIn(address, '/address/')).toBe('')
  })

  test('is refused for the address they have, one that is none, another reason, and without a course', async () => {
    const { id, former } = await someone()
    await createVisitor(app.url).post('/sign-up', { email: 'waits@example.test', timeZone: 'Europe/Berlin', hour: '7' })
    await idle()
    const fresh = 'fresh@example.test'
    for (const [person, address, more, sentence] of [
      [id, former, {}, 'That is their address already.'],
      [id, 'no address', {}, 'role="alert"'],
      [id, fresh, { reason: 'trouble' }, 'Choose a reason.'],
      [id, fresh, { reason: '' }, 'Choose a reason.'],
      [idOf('waits@example.test'), fresh, {}, 'They take no course'],
    ] as const) {
      const answer = await correct(person, address, more)
      expect([answer.status, answer.text.includes(sentence)]).toEqual([400, true])
    }
    expect((await correct(999_999, fresh)).status).toBe(404)
    const stale = await signedIn(app, 'operator')
    app.clock.advance(15 * 60_000)
    expect((await stale.post(`/desk/people/${id}/address`, { address: fresh, reason: 'asked' })).status).toBe(403)
    expect(idOf(fresh)).toBeNaN()
    expect((await viewAuditLog(app.app.ports, { act: 'correct-address', learnerId: id }, null)).lines).toEqual([])
  })
})

describe('an operator who corrects an address to their own mailbox', () => {
  const PATHS = ['', '/print', '/notes.txt', '/take', '/take/notes.html', '/take/notes.json', '/finished', '/settings']

  /** Whatever their mailbox lets them open. */
  async function reads({ joined, next }: Awaited<ReturnType<typeof someone>>): Promise<string> {
    const visitor = await openOwnSessionByLink(app, { address: next, lessonLink: joined.lessonLink })
    const pages = await Promise.all(PATHS.map(async (path) => (await visitor.get(joined.lessonLink + path)).text))
    await createVisitor(app.url).post('/back', { email: next })
    await idle()
    const back = createVisitor(app.url)
    pages.push((await back.post(linkIn(next, '/back/'))).text, (await back.get(joined.lessonLink)).text)
    // Nor can they lift the limit: setting a reading word or asking for another address takes what they do not have.
    for (const [path, form] of [
      ['/settings/word', { do: 'set', word: 'the old pear tree' }],
      ['/settings/address', { email: 'third@example.test' }],
      ['/settings/code', {}],
    ] as const)
      expect((await visitor.post(joined.lessonLink + path, form)).status).toBe(403)
    return pages.join('\n')
  }

  test('reads nothing that the person wrote, not after a week, a month or a year', async () => {
    const person = await corrected()
    // The person still has the lesson links of the former mailbox.
    await write(person.joined, createVisitor(app.url), MEANWHILE)
    for (const days of [0, 8, 31, 365]) {
      app.clock.advance(days * DAY)
      await idle()
      await forgetSessions(app.app.ports)
      const text = await reads(person)
      expect(text).not.toContain(BEFORE)
      expect(text).not.toContain(MEANWHILE)
    }
  })

  test('nor after correcting it twice, or signing up again there for the web only', async () => {
    const person = await corrected()
    await correct(person.id, `again-${person.next}`)
    expect((await createVisitor(app.url).post(linkIn(`again-${person.next}`, '/address/'))).status).toBe(200)
    await idle()
    app.clock.advance(9 * DAY)
    await idle()
    const mine = { ...person, next: `again-${person.next}` }
    expect(await reads(mine)).not.toContain(BEFORE)
    await createVisitor(app.url).post(person.joined.stopLink)
    await app.app.ports.store.mailboxes.resume(mailboxKey(app.app.ports.keys, mine.next))
    await createVisitor(app.url).post('/sign-up', {
      ...{ email: mine.next, webOnly: 'on' },
      timeZone: 'UTC',
      hour: '7',
    })
    await idle()
    const visitor = createVisitor(app.url)
    const confirmed = await visitor.post(linkIn(mine.next, '/confirm/'))
    expect([confirmed.status, confirmed.text.includes('class="code"')]).toEqual([200, false])
    expect((await visitor.get(person.joined.lessonLink)).text).not.toContain(BEFORE)
  })
})

describe('the person', () => {
  test('opens what they wrote with the reading word, and may then move it themselves', async () => {
    const { joined, next, id } = await someone()
    const word = 'the old pear tree'
    expect((await joined.visitor.post(`${joined.lessonLink}/settings/word`, { do: 'set', word })).status).toBeLessThan(
      400,
    )
    await correct(id, next)
    await createVisitor(app.url).post(linkIn(next, '/address/'))
    await idle()
    app.clock.advance(9 * DAY)
    await idle()
    const person = { address: next, lessonLink: joined.lessonLink }
    const visitor = await openOwnSessionByLink(app, person, createVisitor(app.url), { word })
    expect((await visitor.get(joined.lessonLink)).text).toContain(BEFORE)
    // Without the word the link opens nothing, as before.
    await expect(openOwnSessionByLink(app, person)).rejects.toThrow()

    // A change of their own is theirs: reading rights move a week later, as ever.
    expect((await visitor.post(`${joined.lessonLink}/settings/word`, { do: 'remove' })).status).toBeLessThan(400)
    expect((await visitor.post(`${joined.lessonLink}/settings/address`, { email: `own-${next}` })).status).toBe(200)
    await idle()
    await createVisitor(app.url).post(linkIn(`own-${next}`, '/address/'))
    await idle()
    app.clock.advance(7 * DAY)
    await idle()
    const later = await openOwnSessionByLink(app, { ...person, address: `own-${next}` })
    expect((await later.get(joined.lessonLink)).text).toContain(BEFORE)
  })

  test('keeps the recovery code, which opens what they wrote', async () => {
    const { joined, next, id } = await someone()
    await joined.visitor.post(`${joined.lessonLink}/settings/code`)
    const code = (await viewRecoveryCode(app.app.ports, id)) ?? ''
    await correct(id, next)
    await createVisitor(app.url).post(linkIn(next, '/address/'))
    await idle()
    const visitor = createVisitor(app.url)
    expect((await visitor.post('/back/code', { code })).status).toBe(200)
    expect((await visitor.get(joined.lessonLink)).text).toContain(BEFORE)
  })
})
