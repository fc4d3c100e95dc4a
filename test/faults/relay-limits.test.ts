import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { startLateProxy } from '../support/delayed-proxy.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Bed, createBed } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'
import { patience } from './support/trial-sizes.ts'

jest.setTimeout(patience)

const CONNECTIONS = 2
const LESSONS = 30

let bed: Bed
let relay: Awaited<ReturnType<typeof startLateProxy>>

beforeEach(async () => {
  bed = await createBed({ receiver: { pipelining: true }, env: { FAULT_SWEEP_MS: '100', FAULT_LEASE_MS: '2000' } })
  relay = await startLateProxy(bed.receiver.port, 10)
})
afterEach(async () => {
  await bed.close()
  await relay.close()
})

test('a worker killed with every connection in its hands: the other gets them at once, and never more than the limit', async () => {
  const env = { SMTP_URL: `smtp://127.0.0.1:${relay.port}`, SMTP_CONNECTIONS: String(CONNECTIONS) }
  const first = await bed.run('worker', env)
  const second = bed.spawn(env)
  await second.loaded
  let held = 0
  bed.receiver.script = (verb) => {
    if (verb !== 'data' || held === CONNECTIONS) return 'go-on'
    held += 1
    return 'silence'
  }
  const rows = await bed.seed(LESSONS, { wakeUps: false })
  await waitFor(() => held === CONNECTIONS, 'both connections to hang')
  await second.start('worker')
  await first.kill()
  const killedAt = performance.now()
  await waitFor(() => bed.receiver.taken.length > 0, 'the other worker to send')
  const recoveryMs = Math.round(performance.now() - killedAt)
  // Much less than the lease that the dead worker had on them.
  expect(recoveryMs).toBeLessThan(6_000)
  await waitFor(async () => (await bed.rows(rows)).every((row) => row.state === 'sent'), 'every lesson', 40_000)
  expect(bed.receiver.taken).toHaveLength(LESSONS)
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
