import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { runMail } from '../../../src/cli/mail.ts'
import { AppError } from '../../../src/core/errors.ts'
import { noted, UNKNOWN_MESSAGE } from '../../../src/core/reports/mail-event.ts'
import { complaintsAddress, returnPathOf } from '../../../src/core/reports/return-address.ts'
import { applyEvents, forgetEvents } from '../../../src/flow/reports/apply-event.ts'
import { receiveReport } from '../../../src/flow/reports/receive-report.ts'
import { countReportsSetAside } from '../../../src/store/sqlite/count-reports-set-aside.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'
import { waitFor } from '../../support/wait-for.ts'

const DOMAIN = 'bounces.course.example'
const THREAD = fileURLToPath(new URL('../../fixtures/threads/by-first-byte.mjs', import.meta.url))
const [MINUTE, DAY] = [60_000, 86_400_000]
let parts: TestApp

beforeEach(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { RETURN_PATH_DOMAIN: DOMAIN },
    overrides: { reportReader: { deadlineMs: 300, thread: THREAD } },
  })
})

afterEach(() => parts.close())

async function keep(text: string): Promise<void> {
  const head = Buffer.from(text)
  const recipient = complaintsAddress(parts.app.ports.keys, DOMAIN)
  await receiveReport(parts.app.ports, { recipient, head, digest: createHash('sha256').update(head).digest() })
}

const apply = () => applyEvents(parts.app.ports)
const rows = () =>
  queryRows(
    parts.dataDir,
    'select id, attempts, outcome, set_aside_at, length(raw) as size from mail_event order by id',
  )
const run = (...args: string[]) => runMail(parts.app.ports, args)

/** Three attempts, as far apart as they come. */
async function failThreeTimes(): Promise<void> {
  for (const wait of [0, MINUTE, 10 * MINUTE]) {
    parts.clock.advance(wait)
    await apply()
  }
}

test.each([
  ['works for ever', 'w'],
  ['ends its reader', 'e'],
])(
  'a report that %s is tried three times, minutes apart, and then set aside; those behind it are applied',
  async (_what, wish) => {
    await keep(wish)
    await keep('fine')
    expect(await apply()).toBe(1)
    expect(rows()).toMatchObject([
      { attempts: 1, outcome: null, set_aside_at: null },
      { attempts: 1, outcome: 'unknown delivery', size: 0 },
    ])
    await apply()
    expect(rows()[0]).toMatchObject({ attempts: 1 })
    parts.clock.advance(MINUTE)
    await apply()
    expect(rows()[0]).toMatchObject({ attempts: 2, set_aside_at: null })
    parts.clock.advance(10 * MINUTE)
    await apply()
    expect(rows()[0]).toMatchObject({ attempts: 3, outcome: null, set_aside_at: parts.clock.now() })
    parts.clock.advance(DAY)
    await apply()
    expect(rows()[0]).toMatchObject({ attempts: 3 })
  },
)

test('an attempt that ended the process counts, also over restarts', async () => {
  await keep('fine')
  // What a process leaves behind that is killed in the middle of its attempt.
  const claimOnly = async () => {
    const [event] = await parts.app.ports.store.mailEvents.waiting(1, parts.clock.now())
    const now = parts.clock.now()
    return event !== undefined && (await parts.app.ports.store.mailEvents.claim(event, now, now + MINUTE))
  }
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    expect(await claimOnly()).toBe(true)
    expect(await claimOnly()).toBe(false)
    expect(await apply()).toBe(0)
    await parts.restart()
    parts.clock.advance(MINUTE)
    expect(rows()).toMatchObject([{ attempts: attempt, set_aside_at: null }])
  }
  expect(await apply()).toBe(0)
  expect(rows()).toMatchObject([{ attempts: 3, outcome: null, set_aside_at: parts.clock.now() }])
})

test('a database that is busy is no fault of the report', async () => {
  await keep('fine')
  const busy = jest
    .spyOn(parts.app.ports, 'readReport')
    .mockRejectedValue(new AppError('busy', 'The database is locked by another process.'))
  for (let time = 0; time < 5; time += 1) {
    await apply()
    expect(rows()).toMatchObject([{ attempts: 0, set_aside_at: null }])
    parts.clock.advance(15_000)
  }
  busy.mockRestore()
  expect(await apply()).toBe(1)
})

test('any number of reports that fail hold up nothing behind them', async () => {
  const failing = jest.spyOn(parts.app.ports, 'readReport').mockImplementation(async (raw) => {
    if (Buffer.from(raw).includes('fine')) return noted(UNKNOWN_MESSAGE)
    throw new Error('broken by the test')
  })
  for (let n = 0; n < 220; n += 1) await keep(`t ${n}`)
  await keep('fine')
  expect(await apply()).toBe(1)
  failing.mockRestore()
})

test('what is quick to apply goes before reports, also when it comes while one of them takes long', async () => {
  const order: string[] = []
  const { ports } = parts.app
  const add = (key: string) =>
    ports.store.transaction((unit) =>
      unit.mailEvents.add(
        { source: 'postmark', key, nonce: null, sealed: new Uint8Array(), learnerId: null, addressKey: null },
        ports.clock.now(),
      ),
    )
  jest.spyOn(ports, 'readReport').mockImplementation(async (raw) => {
    const name = Buffer.from(raw).toString('utf8', 0, 3)
    order.push(name)
    if (name === 'one') {
      await add('later')
      await sleep(1_100)
    }
    return noted(UNKNOWN_MESSAGE)
  })
  for (const name of ['one', 'two']) await keep(`${name}${' '.repeat(2_000)}`)
  await add('early')
  jest.spyOn(parts.app.log, 'error').mockImplementation((facts) => {
    if ((facts as { source?: string }).source === 'postmark') order.push('webhook')
  })
  await apply()
  expect(order).toEqual(['webhook', 'one', 'webhook', 'two'])
})

test('a process that is asked to end leaves what it has not tried', async () => {
  await keep('fine')
  expect(await applyEvents(parts.app.ports, AbortSignal.abort())).toBe(0)
  expect(rows()).toMatchObject([{ attempts: 0, outcome: null }])
})

test('an operator sees what is set aside, tries it again or drops it', async () => {
  await keep('w')
  await keep('w too')
  await failThreeTimes()
  const ids = rows().map((row) => String(row.id))
  expect((await run('status')).text).toContain('Reports set aside after three failures: 2.')
  expect((await run('reports')).text).toMatch(new RegExp(`${ids[0]} +smtp .*2026-03-02`))
  expect(await parts.app.ports.store.mailEvents.countSetAside()).toBe(2)
  expect(countReportsSetAside(`${parts.dataDir}/bootcamp.db`)).toBe(2)
  const metrics = await (await fetch(`${parts.url}/metrics`)).text()
  expect(metrics).toContain('bootcamp_reports_set_aside 2')

  expect(await run('reports', 'drop', ids[0] as string)).toEqual({ text: `${ids[0]}: dropped`, status: 0 })
  expect(rows()[0]).toMatchObject({ outcome: 'dropped', size: 0, set_aside_at: null })
  expect(await run('reports', 'drop', ids[0] as string)).toMatchObject({ status: 1 })
  expect(await run('reports', 'again', 'all')).toMatchObject({ status: 0 })
  jest.spyOn(parts.app.ports, 'readReport').mockResolvedValueOnce(noted(UNKNOWN_MESSAGE))
  expect(await apply()).toBe(1)
  expect((await run('reports')).text).toBe('No report is set aside.')
  expect((await run('status')).text).not.toContain('set aside')
})

test.each([
  ['reports', 'again'],
  ['reports', 'drop', 'x'],
  ['reports', 'read', '1'],
  ['reports', 'drop', '0'],
])('what is no command changes nothing: %s %s', async (...args) => {
  expect(await run(...args.filter((word) => word !== undefined))).toMatchObject({ status: 2 })
})

test('what waited seven days for an operator is dropped, and outcomes are forgotten after thirty', async () => {
  await keep('w')
  await failThreeTimes()
  parts.clock.advance(7 * DAY)
  await forgetEvents(parts.app.ports)
  expect(rows()).toMatchObject([{ outcome: null }])
  parts.clock.advance(1)
  await forgetEvents(parts.app.ports)
  expect(rows()).toMatchObject([{ outcome: 'dropped', size: 0 }])
  parts.clock.advance(24 * DAY)
  await forgetEvents(parts.app.ports)
  expect(rows()).toEqual([])
})

test('a report of an earlier version, kept as it arrived, is applied; set aside, it is sealed', async () => {
  const insert = (key: string, text: string) =>
    changeDatabase(
      parts.dataDir,
      `insert into mail_event (source, event_key, recipient, raw, received_at) values ('smtp', '${key}', 'a@b', cast('${text}' as blob), ${parts.clock.now()})`,
    )
  insert('old 1', 'fine CANARY')
  insert('old 2', 'w CANARY')
  expect(await apply()).toBe(1)
  parts.clock.advance(MINUTE)
  await apply()
  parts.clock.advance(10 * MINUTE)
  await apply()
  const left = queryRows(
    parts.dataDir,
    'select sealed, recipient, cast(raw as text) as text, set_aside_at from mail_event order by id',
  )
  expect(left[0]).toMatchObject({ recipient: null, text: '' })
  expect(left[1]).toMatchObject({ sealed: 1, recipient: null, set_aside_at: parts.clock.now() })
  expect(left[1]?.text).not.toContain('CANARY')
})

test('a report of an earlier version that is set aside goes with the person it is about', async () => {
  const { ports } = parts.app
  const now = parts.clock.now()
  const { learner, deliveries } = await enrolForTest(ports.store, { now, days: 1 })
  const recipient = returnPathOf(ports.keys, deliveries[0]?.id as number, DOMAIN)
  const insert = (key: string, source: string, text: string) =>
    changeDatabase(
      parts.dataDir,
      `insert into mail_event (source, event_key, recipient, raw, received_at) values ('${source}', '${key}', '${recipient}', cast('${text}' as blob), ${now})`,
    )
  insert('old 1', 'smtp', 'w CANARY')
  insert('old 2', 'a provider of before', 'CANARY')
  await keep('fine')
  await failThreeTimes()
  const aside = () =>
    queryRows(
      parts.dataDir,
      'select sealed, recipient, learner_id, cast(raw as text) as text, set_aside_at from mail_event where applied_at is null order by id',
    )
  expect(aside()).toMatchObject([
    { sealed: 1, recipient: null, learner_id: learner.id, set_aside_at: parts.clock.now() },
    { sealed: 1, recipient: null, learner_id: null, set_aside_at: parts.clock.now() },
  ])
  expect(JSON.stringify(aside())).not.toContain('CANARY')
  await ports.store.transaction((unit) => unit.learners.erase(learner.id))
  expect(aside()).toHaveLength(1)
})

test('with another SECRET_KEY nothing opens: it is set aside, and the log says why without a word of it', async () => {
  await keep('fine CANARY')
  changeDatabase(parts.dataDir, "update mail_event set raw = cast('CANARY' as blob)")
  const logged: unknown[] = []
  for (const level of ['warn', 'error', 'info'] as const)
    jest.spyOn(parts.app.log, level).mockImplementation((...facts: unknown[]) => void logged.push(facts))
  await failThreeTimes()
  await waitFor(() => rows()[0]?.set_aside_at !== null, 'the report set aside')
  expect(JSON.stringify(logged)).toContain('cannot be decrypted')
  expect(JSON.stringify(logged)).not.toContain('CANARY')
})
