import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { addressKey } from '../../../src/core/security/keys.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
let operator: Visitor
const NAME = '<script>alert(1)</script>"\'&'

beforeAll(async () => {
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  operator = await signedIn(app, 'operator')
  const ada = await join(app, 'Ada.Low@example.test', { timeZone: 'Asia/Tokyo' })
  await app.app.ports.store.enrolments.setPreferences(1, { name: NAME })
  const stopping = await join(app, 'bob@example.test')
  await stopping.visitor.post(stopping.stopLink)
  await createVisitor(app.url).post('/sign-up', { email: 'carla@example.test', timeZone: 'Europe/Berlin', hour: '7' })
  await app.mail.waitForMail('carla@example.test', 1)
  await ada.visitor.post(ada.lessonLink, { 'field-letter': 'something private' })
})
afterAll(() => app?.close())

const idOf = (address: string) =>
  Number(queryRows(app.dataDir, `select id from learner where address = '${address}'`)[0]?.id)
const find = (address: string, more = {}) => operator.post('/desk/people/find', { address, ...more })
const personOf = async (address: string) => (await operator.get(`/desk/people/${idOf(address)}`)).text
const rowsOf = (text: string) => [...text.matchAll(/<tr role="row"><td.*?<\/tr>/gs)].map(([row]) => row)

describe('finding', () => {
  test('an address in any spelling leads to its person, and appears in no URL', async () => {
    const answer = await find(' ada.low@EXAMPLE.test ')
    expect([answer.status, answer.headers.get('Location')]).toEqual([
      303,
      `/desk/people/${idOf('Ada.Low@example.test')}`,
    ])
  })

  test('the beginning of one lists who begins like it, with the rest masked', async () => {
    const { text } = await find('ada.')
    // Two who begin alike look alike, but for their numbers.
    expect(text).toContain(
      `>Ada.•••@example.test</a> <span class="quiet">Person ${idOf('Ada.Low@example.test')}</span>`,
    )
    expect(text).not.toContain('Ada.Low')
    expect((await find('zzz')).text).toContain('No address begins like this.')
    expect((await find('a')).status).toBe(400)
    expect((await find('%%%')).text).toContain('No address begins like this.')
  })

  test('by course, state, day and week, newest first, with addresses masked', async () => {
    const list = async (query: string) => rowsOf((await operator.get(`/desk/people?${query}`)).text)
    const all = await list('')
    expect(all).toHaveLength(2)
    expect(all.join()).not.toMatch(/bob@|Ada\.Low/)
    expect(all[0]).toContain('b•••@example.test')
    expect(await list('state=stopped')).toEqual([expect.stringContaining('b•••')])
    expect(await list('state=pending')).toEqual([expect.stringContaining('c•••')])
    // A time of somebody who has not confirmed is no time of a confirmation.
    expect(await list('state=pending')).toEqual([expect.stringContaining('data-heading="Signed up"')])
    expect(await list('day=1&course=three-days')).toHaveLength(2)
    expect(await list('day=2')).toHaveLength(0)
    expect(await list('week=2026-03-08')).toHaveLength(2)
    expect(await list('week=2026-03-09')).toHaveLength(0)
    expect(await list('bounced=1')).toHaveLength(0)
    expect(await list('state=nonsense&day=x&week=never&after=1-x')).toHaveLength(2)
  })

  test('an author finds nobody', async () => {
    const author = await signedIn(app, 'author')
    for (const path of ['/desk/people', `/desk/people/${idOf('bob@example.test')}`])
      expect((await author.get(path)).status).toBe(403)
    expect((await author.post('/desk/people/find', { address: 'bob@example.test' })).status).toBe(403)
  })
})

describe('a person', () => {
  test('has course, state, day, settings and every email with its times there and here', async () => {
    const text = await personOf('Ada.Low@example.test')
    expect(text).toContain('<h1>Ada.Low@example.test</h1>')
    expect(text).toContain('<title>Person 1 · Desk</title>')
    expect(text).toContain('07:00, Asia/Tokyo')
    const rows = rowsOf(text)
    // Two lessons to come, the one that was sent, and the confirmation.
    expect(rows).toHaveLength(4)
    expect(rows[0]).toContain('It was sent.')
    expect(rows[0]).toContain('<q>250 ')
    // It was accepted when it was handed over, and one time says so.
    expect(rows[0]).toContain('Handed over:')
    expect(rows[0]).not.toContain('Settled:')
    expect(rows[1]).toContain('It comes at its time.')
    expect(rows[1]).toContain('07:00 GMT+9')
    expect(rows[1]).toMatch(/22:00<\/time>/)
    expect(text).toContain('Times without a zone are by the clock of UTC.')
  })

  test('has both acts of consent, with the wording that was shown', async () => {
    const text = await personOf('Ada.Low@example.test')
    const { consent } = app.app.ports.courses.get('three-days') ?? { consent: { text: 'none', version: '' } }
    expect(text).toContain(`<blockquote>${consent.text}`)
    expect(text).toContain(`<dd>${consent.version}</dd>`)
    changeDatabase(app.dataDir, "update sign_up set wording = '1999-01' where learner_id = 2")
    expect(await personOf('bob@example.test')).toContain('another wording by now')
  })

  test('a stop reads the same whether the learner or an answer caused it', async () => {
    const { stopEnrolment } = await import('../../../src/flow/enrolment/stop-enrolment.ts')
    const byAnswers = await join(app, 'dora@example.test')
    const id = idOf(byAnswers.address)
    const [enrolment] = await app.app.ports.store.enrolments.ofLearner(id)
    await app.app.ports.store.transaction((unit) =>
      stopEnrolment(unit, { id: enrolment?.id ?? 0 }, 'answers', app.clock.now()),
    )
    const neutral = (text: string) =>
      text
        .replaceAll(/dora|bob/g, 'x')
        .replaceAll(/(Person |number |course-|desk\/(?:people|deliveries|consents)\/|enrolment" value=")\d+/g, '$1n')
        .replaceAll(/<time .*?<\/time>/g, 'then')
        .replaceAll(/<q>250 .*?<\/q>/g, '250')
    changeDatabase(app.dataDir, "update sign_up set wording = '1999-01'")
    expect(neutral(await personOf('dora@example.test'))).toBe(neutral(await personOf('bob@example.test')))
  })

  test('says nothing of what was written, answered or decided by answers', async () => {
    changeDatabase(app.dataDir, `update enrolment set track = 'bridge', overlays = '["lighter"]' where learner_id = 1`)
    const text = await personOf('Ada.Low@example.test')
    expect(text).not.toMatch(/private|\bbridge|lighter|variant|effort/)
    changeDatabase(app.dataDir, `update enrolment set track = null, overlays = '[]' where learner_id = 1`)
  })

  test('cannot bring a script along by any field', async () => {
    const text = await personOf('Ada.Low@example.test')
    expect(text).toContain('&#60;script&#62;alert(1)')
    expect(text).not.toContain('<script>alert')
  })

  test('waits visibly: while sending is paused, after a deferral, and with a bounce', async () => {
    changeDatabase(
      app.dataDir,
      "update delivery set state = 'deferred', attempt = 3, reply = '451 4.7.1 greylisted' where learner_id = 1 and day = 2",
    )
    changeDatabase(
      app.dataDir,
      `insert into setback (delivery_id, kind, learner_id, reason, at)
      select id, 'full', 1, 'mailbox-full', ${app.clock.now()} from delivery where learner_id = 1 and day = 1`,
    )
    const text = await personOf('Ada.Low@example.test')
    expect(text).toContain('It is tried again, for 24 hours in all.')
    expect(text).toContain('Attempts: 3.')
    expect(text).toContain('<q>451 4.7.1 greylisted</q>')
    expect(text).toContain('Bounced: the mailbox is full (mailbox-full)')
    expect(text).not.toContain('<li value=')
    await app.app.ports.store.sendingState.hold('a test', 'operator', app.clock.now())
    changeDatabase(app.dataDir, `update delivery set due_at = ${app.clock.now() - 1} where learner_id = 1 and day = 2`)
    expect(await personOf('Ada.Low@example.test')).toContain('waits because sending is held')
  })

  test('who changed the address is found by the former one, whose page leads to them', async () => {
    const { store, keys, clock } = app.app.ports
    const former = 'former@example.test'
    const other = await store.learners.ensure({
      address: former,
      addressKey: addressKey(keys, former),
      now: clock.now(),
    })
    changeDatabase(
      app.dataDir,
      `insert into address_change (delivery_id, learner_id, other_id, asked_at, changed_at)
      select min(id), 1, ${other.id}, 0, 1 from delivery`,
    )
    expect((await find(former)).headers.get('Location')).toBe(`/desk/people/${other.id}`)
    expect(await personOf(former)).toContain('<a href="/desk/people/1">This is a former address')
    expect(await personOf('Ada.Low@example.test')).not.toContain('former address')
  })

  test.each(['0', '999999', 'x', '1e3', '1%27'])('that does not exist (%s) is not found', async (id) => {
    expect((await operator.get(`/desk/people/${id}`)).status).toBe(404)
  })
})
