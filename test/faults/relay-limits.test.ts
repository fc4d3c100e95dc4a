import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { startDelayedProxy } from '../support/delayed-proxy.ts'
import { waitFor } from '../support/wait-for.ts'
import { patience } from '../trial-sizes.ts'
import { createMultiProcessHarness, type MultiProcessHarness } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'

jest.setTimeout(patience)

const CONNECTIONS = 2
const RATE = 20
const LESSONS = 80

let harness: MultiProcessHarness
let relay: Awaited<ReturnType<typeof startDelayedProxy>>

beforeEach(async () => {
  harness = await createMultiProcessHarness({
    receiver: { pipelining: true },
    env: { FAULT_SWEEP_MS: '100', FAULT_LEASE_MS: '2000', FAULT_RESEND_MS: '1500' },
  })
  relay = await startDelayedProxy(harness.receiver.port, 10)
})
afterEach(async () => {
  await harness.close()
  await relay.close()
})

test('two workers keep one rate together, each its own connections, while one is killed and started again', async () => {
  const env = {
    SMTP_URL: `smtp://127.0.0.1:${relay.port}`,
    SMTP_CONNECTIONS: String(CONNECTIONS),
    SMTP_RATE: String(RATE),
  }
  const begun: number[] = []
  harness.receiver.script = (verb) => {
    if (verb === 'mail') begun.push(performance.now())
    return 'go-on'
  }
  const rows = await harness.seed(LESSONS)
  const [first] = await Promise.all([harness.run('worker', env), harness.run('worker', env)])
  await waitFor(() => begun.length > LESSONS / 4, 'the workers to send')
  await first.kill()
  await harness.run('worker', env)
  await waitFor(async () => (await harness.rows(rows)).every((row) => row.state === 'sent'), 'every lesson', 40_000)
  const perSecond = begun.map((at, index) => begun.slice(index).filter((later) => later < at + 1_000).length)
  expect(Math.max(...perSecond)).toBeLessThanOrEqual(RATE * 1.1 + 2)
  expect(relay.most()).toBeLessThanOrEqual(2 * CONNECTIONS)
  report({ row: 2, what: 'worker killed and started again under a rate', sends: LESSONS, kills: 1, lost: 0 })
})
