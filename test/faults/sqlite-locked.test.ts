import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { waitFor } from '../support/wait-for.ts'
import { createHouse, type House } from './support/in-process-harness.ts'
import { report } from './support/report-trial.ts'
import { read } from './support/trial-sizes.ts'

const LOCKED_MS = read('FAULTS_LOCKED_MS', 6_500)
/** How long a request waits for the lock before it hears 503, and a slow machine's share. */
const PATIENCE_MS = 5_000 + 1_500
const HOLDER = fileURLToPath(new URL('./support/hold-lock.mjs', import.meta.url))

let house: House
let holder: ChildProcess | null = null
beforeEach(async () => {
  house = await createHouse()
})
afterEach(async () => {
  await letGo()
  await house.close()
})

async function lock(): Promise<void> {
  holder = spawn(process.execPath, [HOLDER, house.databaseFile], { stdio: ['ignore', 'pipe', 'inherit'] })
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
    await house.start()
    await house.enrol(['before'])
    await waitFor(() => house.taken('before').length === 1, 'the lesson before')
    // On its way when the lock comes: its reply arrives while nothing can be written.
    let reply = () => {}
    const waiting = new Promise<void>((resolve) => {
      reply = resolve
    })
    house.receiver.script = (verb) => (verb === 'dot' ? { after: waiting } : 'go-on')
    await house.enrol(['under-way'])
    await waitFor(() => house.taken('under-way').length === 1, 'the dot')
    const rowsBefore = (await house.rows()).length
    await lock()
    reply()
    house.receiver.script = () => 'go-on'

    const locked = performance.now()
    const answers: { status: number; ms: number }[] = []
    while (performance.now() - locked < LOCKED_MS) {
      const begun = performance.now()
      const [signUp, page] = await Promise.all([
        house.visitor.postJson('/sign-up', { email: `p${answers.length}@example.test`, timeZone: 'UTC', hour: 7 }),
        house.visitor.get('/'),
      ])
      answers.push({ status: signUp.status, ms: performance.now() - begun })
      expect(page.status).toBe(200)
      expect(signUp.headers.get('retry-after')).toBe('5')
      expect(JSON.parse(signUp.text)).toMatchObject({ ok: false, code: 'busy' })
    }
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 503))
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(PATIENCE_MS)
    expect((await house.visitor.get('/readyz')).status).toBe(503)
    await letGo()

    const freed = performance.now()
    await waitFor(async () => (await house.visitor.get('/readyz')).status === 200, 'readiness')
    // Nothing half-written: of the refused sign-ups there is no trace.
    expect(await house.rows()).toHaveLength(rowsBefore)
    await waitFor(
      async () => (await house.rows()).find((row) => row.day === 1 && row.id > 3)?.state === 'sent',
      'the reply that came under the lock',
    )
    await house.enrol(['after'])
    await waitFor(() => house.taken('after').length === 1, 'the lesson after')
    const recovery = performance.now() - freed
    expect(house.taken('before')).toHaveLength(1)
    expect(house.taken('under-way')).toHaveLength(1)
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

test('locked before the mark: nothing is handed over, and the lesson follows soon after the lock', async () => {
  await house.start({ overrides: { smtpSilenceMs: 20_000 } })
  let goOn = () => {}
  const waiting = new Promise<void>((resolve) => {
    goOn = resolve
  })
  house.receiver.script = (verb) => (verb === 'mail' ? { after: waiting } : 'go-on')
  await house.enrol(['ada'])
  await waitFor(async () => (await house.rows())[0]?.state === 'leased', 'the claim')
  await lock()
  goOn()
  house.receiver.script = () => 'go-on'
  // Until the mark has given up.
  await sleep(6_500)
  expect(house.taken('ada')).toHaveLength(0)
  await letGo()
  await waitFor(async () => (await house.rows())[0]?.state === 'deferred', 'the row to be given back')
  house.clock.advance(15_000)
  await waitFor(() => house.taken('ada').length === 1, 'the lesson')
  await waitFor(async () => (await house.rows())[0]?.state === 'sent', 'its reply')
}, 180_000)
