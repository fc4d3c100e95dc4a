import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { runMail } from '../../../src/cli/mail.ts'
import { checkReputation, senderReputation, utcDay } from '../../../src/flow/sending/reputation.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

const DAY = 86_400_000
let parts: TestApp
const logged: unknown[][] = []

beforeAll(async () => {
  parts = await createTestApp({
    env: { COURSE: 'three-days', RETURN_PATH_DOMAIN: 'bounces.course.example' },
    overrides: { lessonsDir: FIXTURE_COURSES },
  })
  for (const level of ['warn', 'error'] as const)
    jest.spyOn(parts.app.log, level).mockImplementation((...facts: unknown[]) => void logged.push([level, ...facts]))
})

afterAll(() => parts?.close())

beforeEach(async () => {
  logged.length = 0
  changeDatabase(parts.dataDir, 'delete from mail_day; delete from learner')
  await parts.app.ports.store.sendingState.open('paused', parts.clock.now())
})

function figures(daysAgo: number, sent: number, complained: number, bounced = 0) {
  const day = utcDay(parts.clock.now()) - daysAgo
  changeDatabase(
    parts.dataDir,
    `insert into mail_day (day, sent, complained, bounced) values (${day}, ${sent}, ${complained}, ${bounced})`,
  )
}

let people = 0

/** Complaints and dead addresses of so many people, at as many domains as said; confirmed ones unless told otherwise. */
async function reports(kind: 'complaint' | 'dead', count: number, domains: number, confirmed = true): Promise<void> {
  const { store } = parts.app.ports
  const now = parts.clock.now()
  for (let index = 0; index < count; index += 1) {
    people += 1
    const address = `person-${people}@d${index % domains}.example`
    const { enrolment, deliveries } = await enrolForTest(store, { now, days: 1, address })
    await store.reports.note(deliveries[0] as never, kind, 'feedback', now)
    if (!confirmed)
      changeDatabase(
        parts.dataDir,
        `update delivery set enrolment_id = null where enrolment_id = ${enrolment.id}; delete from enrolment where id = ${enrolment.id}`,
      )
  }
}

const streamOf = () => queryRows(parts.dataDir, 'select state, probe_at from stream')[0]

test.each([
  // sent, complaints, dead addresses, level
  [10, 1, 0, 'fine'],
  [99, 3, 0, 'fine'],
  [100, 3, 0, 'warn'],
  [100, 4, 0, 'warn'],
  [100, 5, 0, 'pause'],
  [1_000, 1, 0, 'fine'],
  [1_000, 2, 0, 'warn'],
  [4_001, 2, 0, 'fine'],
  [4_000, 2, 0, 'warn'],
  [6_250, 5, 0, 'pause'],
  [6_251, 5, 0, 'warn'],
  [10_000, 5, 0, 'warn'],
  [10_000, 7, 0, 'warn'],
  [10_000, 8, 0, 'pause'],
  [100, 0, 4, 'fine'],
  [100, 0, 5, 'warn'],
  [100, 0, 10, 'pause'],
  [1_000, 0, 49, 'fine'],
  [0, 3, 0, 'fine'],
])('of %i messages, %i complained about and %i to dead addresses: %s', async (sent, complained, bounced, level) => {
  figures(0, sent, complained, bounced)
  await reports('complaint', complained, 5)
  await reports('dead', bounced, 5)
  expect((await senderReputation(parts.app.ports, parts.clock.now())).level).toBe(level)
})

test.each([
  ['complaints of strangers who never confirmed', 'complaint', 50, 10, false, 'warn'],
  ['complaints of learners at four domains', 'complaint', 50, 4, true, 'warn'],
  ['complaints of learners at five domains', 'complaint', 5, 5, true, 'pause'],
  ['dead addresses of strangers who never confirmed', 'dead', 50, 10, false, 'warn'],
  ['dead addresses of learners at four domains', 'dead', 50, 4, true, 'warn'],
  ['dead addresses of learners at five domains', 'dead', 10, 5, true, 'pause'],
] as const)('%s: %s', async (_what, kind, count, domains, confirmed, level) => {
  figures(0, 100, kind === 'complaint' ? count : 0, kind === 'dead' ? count : 0)
  await reports(kind, count, domains, confirmed)
  await checkReputation(parts.app.ports)
  expect((await senderReputation(parts.app.ports, parts.clock.now())).level).toBe(level)
  expect(streamOf()?.state).toBe(level === 'pause' ? 'paused' : 'open')
})

test('spellings of one mailbox are one person', async () => {
  figures(0, 100, 0, 20)
  await reports('dead', 20, 5)
  changeDatabase(parts.dataDir, `update learner set mailbox_key = substr(address, instr(address, '@'))`)
  expect((await senderReputation(parts.app.ports, parts.clock.now())).level).toBe('warn')
  changeDatabase(parts.dataDir, `update learner set mailbox_key = substr(address, instr(address, '@')) || (id / 5 % 2)`)
  expect((await senderReputation(parts.app.ports, parts.clock.now())).level).toBe('pause')
})

test.each(['complaint', 'dead'] as const)(
  '%s: what was known when a person resumed pauses nothing again',
  async (kind) => {
    const { ports } = parts.app
    figures(0, 100, 20, 20)
    await reports(kind, 10, 5)
    await checkReputation(ports)
    expect(streamOf()).toEqual({ state: 'paused', probe_at: null })
    parts.clock.advance(1_000)
    await runMail(ports, ['resume'])
    await reports(kind, 1, 1)
    await reports(kind, 20, 20, false)
    await checkReputation(ports)
    expect(streamOf()?.state).toBe('open')
    await reports(kind, 9, 9)
    await checkReputation(ports)
    expect(streamOf()?.state).toBe('paused')
  },
)

test('the window slides: what was a week ago counts no more', async () => {
  figures(7, 1_000, 100)
  figures(6, 1_000, 1)
  figures(0, 1_000, 1)
  expect(await senderReputation(parts.app.ports, parts.clock.now())).toMatchObject({
    sent: 2_000,
    complained: 2,
    level: 'warn',
  })
  expect(await senderReputation(parts.app.ports, parts.clock.now() + DAY)).toMatchObject({
    sent: 1_000,
    complained: 1,
    level: 'fine',
  })
})

test('a warning says what to do; a pause lasts until a person resumes, and is in the status and the metrics', async () => {
  const { ports } = parts.app
  figures(0, 4_000, 2)
  await checkReputation(ports)
  expect(logged).toEqual([
    ['warn', expect.objectContaining({ sent: 4_000 }), expect.stringContaining('look at who signs up')],
  ])
  expect(streamOf()?.state).toBe('open')

  changeDatabase(parts.dataDir, 'update mail_day set complained = 5')
  await reports('complaint', 5, 5)
  await checkReputation(ports)
  expect(streamOf()).toEqual({ state: 'paused', probe_at: null })
  expect(JSON.stringify(logged.at(-1))).toContain('npm run mail -- resume')
  const { text } = await runMail(ports, ['status'])
  expect(text).toContain('0.125% of 4000 messages in 7 days were complained about')
  expect(text).toMatch(/Address for feedback loops: complaints\+[a-z2-7]{16}@bounces\.course\.example/)

  const metrics = await (await fetch(`${parts.url}/metrics`)).text()
  expect(metrics).toContain('bootcamp_mail_reputation{figure="complaint_rate"} 0.00125\n')
  expect(metrics).toContain('bootcamp_mail_reputation_level 2\n')
  expect(metrics).toContain('bootcamp_mail_stream_open 0\n')

  // A relay that takes mail does not disprove what people say of it.
  expect(await ports.store.sendingState.takeProbe(parts.clock.now() + DAY, parts.clock.now() + 2 * DAY)).toBe(false)
  expect((await runMail(ports, ['resume'])).text).toContain('Sending has resumed')
  expect(streamOf()?.state).toBe('open')
})
