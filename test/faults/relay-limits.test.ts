import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { startDelayedProxy } from '../support/delayed-proxy.ts'
import { waitFor } from '../support/wait-for.ts'
import { createMultiProcessHarness, type MultiProcessHarness } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'
import { patience } from './support/trial-sizes.ts'

jest.setTimeout(patience)

const CONNECTIONS = 2
const LESSONS = 30

let harness: MultiProcessHarness
let relay: Awaited<ReturnType<typeof startDelayedProxy>>

beforeEach(async () => {
  harness = await createMultiProcessHarness({
    receiver: { pipelining: true },
    env: { FAULT_SWEEP_MS: '100', FAULT_LEASE_MS: '2000' },
  })
  relay = await startDelayedProxy(harness.receiver.port, 10)
})
afterEach(async () => {
  await harness.close()
  await relay.close()
})

test('a worker killed with every connection in its hands: the other gets them at once, and never more than the limit', async () => {
  const env = { SMTP_URL: `smtp://127.0.0.1:${relay.port}`, SMTP_CONNECTIONS: String(CONNECTIONS) }
  const first = await harness.run('worker', env)
  const second = harness.spawn(env)
  await second.loaded
  let held = 0
  harness.receiver.script = (verb) => {
    if (verb !== 'data' || held === CONNECTIONS) return 'go-on'
    held += 1
    return 'silence'
  }
  const rows = await harness.seed(LESSONS, { wakeUps: false })
  await waitFor(() => held === CONNECTIONS, 'both connections to hang')
  await second.start('worker')
  await first.kill()
  const killedAt = performance.now()
  await waitFor(() => harness.receiver.taken.length > 0, 'the other worker to send')
  const recoveryMs = Math.round(performance.now() - killedAt)
  // Much less than the lease that the dead worker had on them.
  expect(recoveryMs).toBeLessThan(6_000)
  await waitFor(async () => (await harness.rows(rows)).every((row) => row.state === 'sent'), 'every lesson', 40_000)
  expect(harness.receiver.taken).toHaveLength(LESSONS)
  expect(relay.most()).toBe(CONNECTIONS)
  report({
    row: 2,
    what: 'worker killed with every connection',
    sends: LESSONS,
    kills: 1,
    twice: 0,
    lost: 0,
    recoveryMs,
  })
})
