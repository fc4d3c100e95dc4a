import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { waitFor } from '../support/wait-for.ts'
import { read } from '../trial-sizes.ts'
import { createInProcessHarness, type InProcessHarness } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'

const LOCKED_MS = read('FAULTS_LOCKED_MS', 6_500)
/** How long a request waits for the lock before it hears 503, and a slow machine's share. */
const TIMEOUT_MS = 5_000 + 1_500
const HOLDER = fileURLToPath(new URL('./support/hold-lock.mjs', import.meta.url))

let harness: InProcessHarness
let holder: ChildProcess | null = null
beforeEach(async () => {
  harness = await createInProcessHarness()
})
afterEach(async () => {
  await letGo()
  await harness.close()
})

async function lock(): Promise<void> {
  holder = spawn(process.execPath, [HOLDER, harness.databaseFile], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(holder.stdout as NodeJS.ReadableStream, 'data')
}

async function letGo(): Promise<void> {
  if (!holder) return
  const gone = once(holder, 'exit')
  holder.kill('SIGKILL')
  holder = null
  await gone
}

test(
  'locked by another process: a clear 503 in good time, pages that only read still open, and all of it mends by itself',
  async () => {
    await harness.start()
    await harness.enrol(['before'])
    await waitFor(() => harness.taken('before').length === 1, 'the lesson before')
    // On its way when the lock comes: its reply arrives while nothing can be written.
    let reply = () => {}
    const waiting = new Promise<void>((resolve) => {
      reply = resolve
    })
    harness.receiver.script = (verb) => (verb === 'dot' ? { after: waiting } : 'go-on')
    await harness.enrol(['under-way'])
    await waitFor(() => harness.taken('under-way').length === 1, 'the final dot')
    const rowsBefore = (await harness.rows()).length
    await lock()
    reply()
    harness.receiver.script = () => 'go-on'

    const locked = performance.now()
    const answers: { status: number; ms: number }[] = []
    while (performance.now() - locked < LOCKED_MS) {
      const begun = performance.now()
      const [signUp, page] = await Promise.all([
        harness.visitor.postJson('/sign-up', { email: `p${answers.length}@example.test`, timeZone: 'UTC', hour: 7 }),
        harness.visitor.get('/'),
      ])
      answers.push({ status: signUp.status, ms: performance.now() - begun })
      expect(page.status).toBe(200)
      expect(signUp.headers.get('retry-after')).toBe('5')
      expect(JSON.parse(signUp.text)).toMatchObject({ ok: false, code: 'busy' })
    }
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503))
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(TIMEOUT_MS)
    expect((await harness.visitor.get('/readyz')).status).toBe(503)
    await letGo()

    const freed = performance.now()
    await waitFor(async () => (await harness.visitor.get('/readyz')).status === 200, 'readiness')
    // Nothing half-written: of the refused sign-ups there is no trace.
    expect(await harness.rows()).toHaveLength(rowsBefore)
    await waitFor(
      async () => (await harness.rows()).find((row) => row.day === 1 && row.id > 3)?.state === 'sent',
      'the reply that came under the lock',
    )
    await harness.enrol(['after'])
    await waitFor(() => harness.taken('after').length === 1, 'the lesson after')
    const recovery = performance.now() - freed
    expect(harness.taken('before')).toHaveLength(1)
    expect(harness.taken('under-way')).toHaveLength(1)
    report({
      row: 12,
      what: `SQLite locked for ${LOCKED_MS / 1000} s`,
      sends: 3,
      lost: 0,
      twice: 0,
      recoveryMs: Math.round(recovery),
      note: `slowest 503 after ${Math.round(Math.max(...answers.map(({ ms }) => ms)))} ms`,
    })
  },
  LOCKED_MS + 60_000,
)

test('locked before the handover: nothing is handed over, and the lesson follows soon after the lock', async () => {
  await harness.start({ overrides: { smtpSilenceMs: 20_000 } })
  let continueWork = () => {}
  const waiting = new Promise<void>((resolve) => {
    continueWork = resolve
  })
  harness.receiver.script = (verb) => (verb === 'mail' ? { after: waiting } : 'go-on')
  await harness.enrol(['ada'])
  await waitFor(async () => (await harness.rows())[0]?.state === 'leased', 'the claim')
  await lock()
  continueWork()
  harness.receiver.script = () => 'go-on'
  // Until the handover has given up.
  await sleep(6_500)
  expect(harness.taken('ada')).toHaveLength(0)
  await letGo()
  await waitFor(async () => (await harness.rows())[0]?.state === 'deferred', 'the row to be given back')
  harness.clock.advance(15_000)
  await waitFor(() => harness.taken('ada').length === 1, 'the lesson')
  await waitFor(async () => (await harness.rows())[0]?.state === 'sent', 'its reply')
}, 180_000)
