import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Delivery } from '../../src/core/model.ts'
import { matrix, patience } from '../trial-sizes.ts'
import type { Point } from './support/fault-points.ts'
import { createMultiProcessHarness, type MultiProcessHarness } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'
import type { Service } from './support/service.ts'

jest.setTimeout(patience)

const LEASE_MS = 1_000
/** Longer than the lease, and shorter than the wait for a resend. */
const BLOCKED_MS = 2_500
const RESEND_MS = 6_000

let harness: MultiProcessHarness
/** The one that is blocked next. */
let worker: Service

beforeAll(async () => {
  harness = await createMultiProcessHarness({
    env: { FAULT_LEASE_MS: String(LEASE_MS), FAULT_RESEND_MS: String(RESEND_MS), FAULT_SWEEP_MS: '100' },
  })
  worker = await harness.run('worker')
})
afterAll(() => harness.close())

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** In the gate one before and one after the message is in the relay's hands. */
const POINTS = matrix<Point>({
  gate: ['handover:before', 'handover:after'],
  full: ['claim:after', 'handover:before', 'handover:after', 'settle:before'],
})

async function seedOne(): Promise<Delivery> {
  const [row] = await harness.seed(1, { wakeUps: false })
  return row as Delivery
}

describe('an event loop blocked for longer than the lease, while another worker looks for work', () => {
  test.each(POINTS)('at %s: one copy', async (point) => {
    const blocked = worker
    const taken = harness.receiver.taken.length
    const other = harness.spawn()
    await other.loaded
    await blocked.tell({ do: 'trap', at: point, act: 'block', ms: BLOCKED_MS })
    const row = await seedOne()
    await blocked.reached(point)
    await other.start('worker')
    const sent = await harness.waitForState(row.id, 'sent', BLOCKED_MS + 8_000)
    await sleep(point === 'handover:after' || point === 'settle:before' ? RESEND_MS - BLOCKED_MS + 500 : BLOCKED_MS)
    expect(harness.receiver.taken).toHaveLength(taken + 1)
    expect(sent.resends).toBe(0)
    expect(blocked.isRunning()).toBe(true)
    await blocked.kill()
    worker = other
    report({ row: 13, what: `event loop blocked at ${point}`, sends: 1, twice: 0, lost: 0 })
  })
})
