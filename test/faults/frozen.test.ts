import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Delivery } from '../../src/core/model.ts'
import { waitFor } from '../support/wait-for.ts'
import { patience } from '../trial-sizes.ts'
import { createMultiProcessHarness, type MultiProcessHarness } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'

jest.setTimeout(patience)

const LEASE_MS = 1_000
const RESEND_MS = 6_000

let harness: MultiProcessHarness

beforeEach(async () => {
  harness = await createMultiProcessHarness({
    env: { FAULT_LEASE_MS: String(LEASE_MS), FAULT_RESEND_MS: String(RESEND_MS), FAULT_SWEEP_MS: '100' },
  })
})
afterEach(() => harness.close())

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function seedOne(): Promise<Delivery> {
  const [row] = await harness.seed(1, { wakeUps: false })
  return row as Delivery
}

describe('a worker frozen with SIGSTOP for longer than its lease', () => {
  test('between RCPT and DATA, while another delivers: it drops its connection at the final dot', async () => {
    const frozen = await harness.run('worker')
    const other = harness.spawn()
    await other.loaded
    const caught = new Promise<void>((resolve) => {
      harness.receiver.script = (verb) => {
        if (verb !== 'rcpt') return 'go-on'
        harness.receiver.script = () => 'go-on'
        const after = harness.freezeUnlocked(frozen)
        resolve(after)
        return { after }
      }
    })
    const row = await seedOne()
    await caught
    const frozenAt = performance.now()
    await other.start('worker')
    await harness.waitForState(row.id, 'sent')
    const recoveryMs = Math.round(performance.now() - frozenAt)
    expect(harness.receiver.taken).toHaveLength(1)
    frozen.thaw()
    await waitFor(() => harness.receiver.broken() === 1, 'the frozen worker to drop its connection in the body')
    await sleep(500)
    expect(harness.receiver.taken).toHaveLength(1)
    expect(await harness.store.deliveries.byId(row.id)).toMatchObject({ state: 'sent', fence: 2, resends: 0 })
    expect(frozen.isRunning()).toBe(true)
    report({ row: 8, what: 'frozen before DATA, another delivers', sends: 1, twice: 0, lost: 0, recoveryMs })
  })

  test('alone: it drops its connection at the final dot, and delivers afterwards', async () => {
    const frozen = await harness.run('worker')
    const caught = new Promise<void>((resolve) => {
      harness.receiver.script = (verb) => {
        if (verb !== 'data') return 'go-on'
        harness.receiver.script = () => 'go-on'
        frozen.freeze()
        resolve()
        return 'go-on'
      }
    })
    const row = await seedOne()
    await caught
    await sleep(LEASE_MS + 500)
    frozen.thaw()
    await harness.waitForState(row.id, 'sent')
    expect(harness.receiver.broken()).toBe(1)
    expect(harness.receiver.taken).toHaveLength(1)
    report({ row: 8, what: 'frozen at DATA, alone', sends: 1, twice: 0, lost: 0 })
  })

  test('after the handover and beyond the resend: two identical copies, and never a third', async () => {
    const frozen = await harness.run('worker')
    const other = harness.spawn()
    await other.loaded
    await frozen.tell({ do: 'trap', at: 'handover:after', act: 'freeze' })
    const row = await seedOne()
    await frozen.reached('handover:after')
    await other.start('worker')
    const resent = await harness.waitForState(row.id, 'sent', RESEND_MS + LEASE_MS + 8_000)
    expect(resent.resends).toBe(1)
    frozen.thaw()
    await waitFor(() => harness.receiver.taken.length === 2, 'the last byte of the first copy')
    await sleep(500)
    expect(harness.receiver.taken).toHaveLength(2)
    expect(harness.receiver.taken[1]?.hash).toBe(harness.receiver.taken[0]?.hash)
    report({ row: 8, what: 'frozen after the handover, beyond the resend', sends: 1, twice: 1, more: 0, lost: 0 })
  })
})
