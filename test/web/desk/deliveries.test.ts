import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FRESH_SIGN_IN } from '../../../src/core/desk/operator-session.ts'
import { NEVER } from '../../../src/core/model.ts'
import { replanUnbuiltMessages } from '../../../src/flow/delivery/replan-unbuilt-messages.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import type { Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
let operator: Visitor

beforeAll(async () => {
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  for (const name of ['ada', 'bob', 'carla']) await join(app, `${name}@example.test`, { timeZone: 'Asia/Tokyo' })
  // Nothing is sent again behind the back of these tests.
  await app.app.ports.store.sendingState.hold('a test', 'operator', app.clock.now())
  operator = await signedIn(app, 'operator')
  await signedIn(app, 'owner')
})
afterAll(() => app?.close())

const rows = (where: string) =>
  queryRows(app.dataDir, `select id, state, due_at from delivery where ${where} order by id`)
const idOf = (learner: number, day: number) => Number(rows(`learner_id = ${learner} and day = ${day}`)[0]?.id)
const linesOf = (text: string) => [...text.matchAll(/<tr role="row"><td.*?<\/tr>/gs)].map(([row]) => row)
const list = async (query: string) => linesOf((await operator.get(`/desk/deliveries?${query}`)).text)
const lastAct = async () => (await app.app.ports.store.auditLog.page({}, null, 1))[0]
const toOwner = () => app.mail.accepted.filter(({ to }) => to === 'owner@example.test')

/** As after two copies without a reply. */
function loseReplies(learners: string): void {
  changeDatabase(
    app.dataDir,
    `update delivery set state = 'unconfirmed', due_at = ${NEVER}, resends = 1, settled_at = null
     where day = 1 and learner_id in (${learners})`,
  )
}

describe('the list', () => {
  test('is by state, course, day and date, with addresses masked and without the relay’s words', async () => {
    expect(await list('state=sent')).toHaveLength(6)
    expect(await list('state=planned')).toHaveLength(6)
    expect(await list('state=planned&day=2')).toHaveLength(3)
    expect(await list('state=planned&day=2&course=three-days&date=2026-03-02')).toHaveLength(3)
    expect(await list('state=planned&date=2026-03-04')).toHaveLength(0)
    expect(await list('state=sent&course=nonsense')).toHaveLength(0)
    expect(await list('state=nonsense&day=x&date=never&after=x-1')).toHaveLength(6)
    const text = (await list('state=sent')).join()
    expect(text).toContain('a•••@example.test')
    expect(text).not.toMatch(/ada@|250 accepted/)
  })
})

describe('one delivery', () => {
  test('has its whole history, with the relay’s words and what to look for in its log', async () => {
    const { text } = await operator.get(`/desk/deliveries/${idOf(1, 1)}`)
    expect(text).toContain('<title>Email 2 · Desk</title>')
    expect(text).toContain('<h1>Lesson 1 <span class="badge">sent</span></h1>')
    expect(text).toContain('<q>250 accepted</q>')
    expect(text).toMatch(/<code>\S+@\S+<\/code>/)
    expect(text).toContain('GMT+9')
    expect(text).not.toMatch(/ada@|variant/)
    expect((await operator.get('/desk/deliveries/1')).text).toContain('<h1>Confirmation ')
  })

  test('shows each attempt with the relay’s words, without addresses and links, and what was decided', async () => {
    const id = idOf(2, 1)
    const { attempts } = app.app.ports.store
    const at = Date.parse('2026-03-02T09:00:00Z')
    const said = '451 4.7.1 <bob@example.test> greylisted, see https://course.example/l/secret-token'
    const deferred = { deliveryId: id, at, outcome: 'deferred', reply: said, nextAt: at + 60_000 } as const
    for (let index = 24; index >= 0; index -= 1) await attempts.note({ ...deferred, nextAt: at + (index + 1) * 60_000 })
    const { text } = await operator.get(`/desk/deliveries/${id}`)
    expect(text).toContain('<q>451 4.7.1 &#60;address&#62; greylisted, see &#60;link&#62;</q>')
    expect(text).toContain('<li class="quiet" value="5">2 more in between.</li>')
    expect(text).toMatch(/<li value="25">.*18:00 GMT\+9.*09:00<.*Put off, to be tried again: .*18:01 GMT\+9/)
    expect(text).toMatch(/<li value="26">.*<q>250 accepted<\/q><br>It counts as sent\./)
    const person = (await operator.get('/desk/people/2')).text
    expect(person).toContain('<summary>25 attempts that were not accepted</summary>')
    expect(text + person).not.toMatch(/bob@example.test greylisted|secret-token/)
  })

  test('that arrived counts as sent, once, with a line in the audit log', async () => {
    loseReplies('1')
    const id = idOf(1, 1)
    expect((await operator.get(`/desk/deliveries/${id}`)).text).toContain('Did it arrive?')
    expect((await operator.post(`/desk/deliveries/${id}/settle`, { as: 'nonsense' })).status).toBe(400)
    const answer = await operator.post(`/desk/deliveries/${id}/settle`, { as: 'arrived' })
    expect(answer.headers.get('Location')).toBe(`/desk/deliveries/${id}?done=arrived`)
    expect(rows(`id = ${id}`)).toMatchObject([{ state: 'sent' }])
    const line = { act: 'settle-delivery', learnerId: 1, details: { delivery: id, as: 'arrived' } }
    expect(await lastAct()).toMatchObject(line)
    const written = (await lastAct())?.number
    expect((await operator.post(`/desk/deliveries/${id}/settle`, { as: 'arrived' })).status).toBe(400)
    expect((await lastAct())?.number).toBe(written)
  })

  test('is not sent again to somebody who stopped', async () => {
    loseReplies('2')
    changeDatabase(app.dataDir, "update enrolment set state = 'stopped' where learner_id = 2")
    const answer = await operator.post(`/desk/deliveries/${idOf(2, 1)}/settle`, { as: 'send-again' })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('receives no email')
    expect(rows(`id = ${idOf(2, 1)}`)).toMatchObject([{ state: 'unconfirmed', due_at: NEVER }])
    changeDatabase(app.dataDir, "update enrolment set state = 'active' where learner_id = 2")
  })

  test.each(['0', '999999', 'x'])('that does not exist (%s) is not found', async (id) => {
    expect((await operator.get(`/desk/deliveries/${id}`)).status).toBe(404)
    expect((await operator.post(`/desk/deliveries/${id}/settle`, { as: 'arrived' })).status).toBe(404)
  })
})

test('a lesson that was sent goes out once more for a reason, and then has no button', async () => {
  const id = idOf(3, 1)
  const page = () => operator.get(`/desk/deliveries/${id}`)
  expect((await page()).text).toContain('Send this lesson once more')
  expect((await operator.post(`/desk/deliveries/${id}/resend`)).status).toBe(400)
  expect((await operator.post(`/desk/deliveries/${id}/resend`, { reason: 'asked' })).status).toBe(303)
  expect(await lastAct()).toMatchObject({ act: 'resend', learnerId: 3, reason: 'asked' })
  expect((await page()).text).not.toContain('Send this lesson once more')
  expect((await operator.post(`/desk/deliveries/${id}/resend`, { reason: 'asked' })).status).toBe(400)
  expect((await operator.get('/desk/people/3')).text).toContain('Lesson once more')
  const again = Number(rows("kind = 'resend'")[0]?.id)
  expect((await page()).text).toContain(`<a href="/desk/deliveries/${again}">Email ${again}</a>`)
  const copy = (await operator.get(`/desk/deliveries/${again}`)).text
  expect(copy).toContain(`<a href="/desk/deliveries/${id}">Email ${id}</a>`)
})

test('all at once: what may be sent again is due, the rest is left, and every owner is told', async () => {
  loseReplies('1, 2, 3')
  changeDatabase(app.dataDir, "update enrolment set state = 'stopped' where learner_id = 2")
  const before = toOwner().length
  const answer = await operator.post('/desk/deliveries/settle-all', { as: 'send-again' })
  expect(answer.headers.get('Location')).toBe('/desk/deliveries?state=unconfirmed&settled=2&left=1')
  expect((await operator.get(answer.headers.get('Location') ?? '')).text).toContain('Settled: 2. Left as they were: 1.')
  expect(rows('day = 1').map(({ due_at }) => due_at === NEVER)).toEqual([false, true, false])
  expect(await lastAct()).toMatchObject({ act: 'settle-all', details: { as: 'send-again', settled: 2, left: 1 } })
  expect(toOwner()).toHaveLength(before + 1)
  const text = toOwner().at(-1)?.mail.text ?? ''
  expect(text).toContain('o•••@example.test settled all unconfirmed emails. How many: 2.')
})

test('needs a fresh sign-in where it is about all of them, and none for one', async () => {
  loseReplies('3')
  app.clock.advance(FRESH_SIGN_IN)
  for (const path of ['deliveries/settle-all', 'set-aside/reports', 'set-aside/messages'])
    expect((await operator.post(`/desk/${path}`, { as: 'again' })).status).toBe(403)
  expect((await operator.post(`/desk/deliveries/${idOf(3, 1)}/settle`, { as: 'arrived' })).status).toBe(303)
  operator = await signedIn(app, 'operator')
})

describe('reports that were set aside', () => {
  const report = (id: number) =>
    queryRows(app.dataDir, `select outcome, set_aside_at from mail_event where id = ${id}`)[0]
  beforeAll(async () => {
    const { mailEvents } = app.app.ports.store
    for (const key of ['a', 'b', 'c', 'd']) {
      const event = { source: 'ses', key, nonce: null, sealed: new Uint8Array([1]), learnerId: null, addressKey: null }
      await mailEvents.add(event as never, app.clock.now())
    }
    changeDatabase(app.dataDir, `update mail_event set set_aside_at = ${app.clock.now()}, attempts = 3`)
  })

  test('are listed without what they say, and tried again or dropped one by one', async () => {
    expect(linesOf((await operator.get('/desk/set-aside')).text)).toHaveLength(4)
    expect((await operator.post('/desk/set-aside/report', { report: '1', as: 'drop' })).status).toBe(303)
    expect(report(1)).toEqual({ outcome: 'dropped', set_aside_at: null })
    expect(await lastAct()).toMatchObject({ act: 'drop-report', details: { report: 1 } })
    expect((await operator.post('/desk/set-aside/report', { report: '1', as: 'again' })).status).toBe(400)
    expect((await operator.post('/desk/set-aside/report', { report: '2' })).status).toBe(400)
    expect((await operator.post('/desk/set-aside/report', { report: '2', as: 'again' })).status).toBe(303)
    expect(report(2)?.set_aside_at).toBeNull()
    expect(await lastAct()).toMatchObject({ act: 'retry-report', details: { report: 2 } })
  })

  test('are dropped all at once, which every owner is told', async () => {
    const before = toOwner().length
    expect((await operator.post('/desk/set-aside/reports', { as: 'drop' })).status).toBe(303)
    expect(report(3)?.outcome).toBe('dropped')
    expect(await lastAct()).toMatchObject({ act: 'drop-reports', details: { reports: 2 } })
    expect(toOwner()).toHaveLength(before + 1)
    expect((await operator.get('/desk/set-aside')).text).toContain('No report is set aside.')
  })
})

test('messages that could not be built are listed by reason and built again', async () => {
  const id = idOf(3, 2)
  await app.app.ports.store.unbuiltMessages.note(id, 'emails/lesson.mjml:3: a <tag> is not closed', app.clock.now())
  changeDatabase(app.dataDir, `update delivery set state = 'failed', settled_at = 1 where id = ${id}`)
  expect((await operator.get('/desk/set-aside')).text).toContain('emails/lesson.mjml:3: a &#60;tag&#62; is not closed')
  expect((await operator.post('/desk/set-aside/messages')).status).toBe(400)
  expect((await operator.post('/desk/set-aside/messages', { as: 'again' })).status).toBe(303)
  expect(rows(`id = ${id}`)).toMatchObject([{ state: 'planned', due_at: app.clock.now() }])
  expect(await lastAct()).toMatchObject({ act: 'retry-messages', details: { messages: 1 } })
})

test('messages that could not be built are dropped: no worker that starts builds them', async () => {
  const id = idOf(2, 2)
  await app.app.ports.store.unbuiltMessages.note(id, 'a reason', app.clock.now())
  changeDatabase(app.dataDir, `update delivery set state = 'failed', settled_at = 1 where id = ${id}`)
  expect((await operator.post('/desk/set-aside/messages', { as: 'drop' })).status).toBe(303)
  expect(await lastAct()).toMatchObject({ act: 'drop-messages', details: { messages: 1 } })
  expect((await operator.get('/desk/set-aside')).text).toContain('Every message could be built.')
  await replanUnbuiltMessages(app.app.ports)
  expect(rows(`id = ${id}`)).toMatchObject([{ state: 'failed' }])
})
