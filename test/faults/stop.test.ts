import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { Delivery } from '../../src/core/model.ts'
import { waitFor } from '../support/wait-for.ts'
import { patience, sizes } from '../trial-sizes.ts'
import { createMultiProcessHarness, type MultiProcessHarness } from './support/multi-process-harness.ts'
import { report } from './support/report-trial.ts'
import type { Service } from './support/service.ts'

jest.setTimeout(patience)

const DAY_MS = 86_400_000

let harness: MultiProcessHarness
let service: Service

beforeAll(async () => {
  harness = await createMultiProcessHarness({ receiver: { keep: () => true }, env: { FAULT_SWEEP_MS: '100' } })
  service = await harness.run('both')
})
afterAll(() => harness.close())

/** The one-click address in the first letter (RFC 8058). */
function stopLinkOf(to: string): string {
  const letter = harness.receiver.taken.find((message) => message.to === to)?.raw?.toString('latin1') ?? ''
  const header = /^List-Unsubscribe:\s*((?:.|\r\n[ \t])*)/im.exec(letter)?.[1] ?? ''
  const link = /<(http[^>]+)>/.exec(header.replace(/\s+/g, ''))?.[1]
  if (!link) throw new Error(`no List-Unsubscribe for ${to}`)
  return link
}

async function stopped(to: string): Promise<void> {
  const response = await fetch(stopLinkOf(to), {
    method: 'POST',
    body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
  })
  await response.text()
  if (response.status !== 200) throw new Error(`stopping answered ${response.status}`)
}

test('a stop that commits between RCPT and the final dot: no message is accepted; one that races it: accepted or cancelled, never both', async () => {
  const rows = await harness.seed(sizes.stops * 2, { days: 2, wakeUps: false })
  const first = rows.filter((row) => row.day === 1)
  const second = rows.filter((row) => row.day === 2)
  await waitFor(
    async () => (await harness.rows(first)).every((row) => row.state === 'sent'),
    'the first letters',
    40_000,
  )
  const addresses = harness.receiver.taken.map((message) => message.to)
  const inTime = new Set(addresses.slice(0, sizes.stops))
  const before = harness.receiver.taken.length

  const stops: Promise<void>[] = []
  harness.receiver.script = (verb, { to }) => {
    if (verb === 'data' && inTime.has(to)) {
      const done = stopped(to)
      stops.push(done)
      return { after: done }
    }
    // The stop begins, and DATA is answered at some moment of it.
    if (verb === 'data') {
      stops.push(stopped(to))
      return { after: new Promise((resolve) => setTimeout(resolve, Math.random() * 100)) }
    }
    return 'go-on'
  }
  await service.tell({ do: 'clock', offset: DAY_MS + 3_600_000 })
  await waitFor(
    async () => (await harness.rows(second)).every((row) => row.state === 'sent' || row.state === 'cancelled'),
    'every second letter to be sent or cancelled',
    20_000,
  )
  expect(stops).toHaveLength(sizes.stops * 2)
  await Promise.all(stops)

  const accepted = new Set(harness.receiver.taken.slice(before).map((message) => message.to))
  const addressOf = new Map<number, string>()
  for (const row of second) addressOf.set(row.id, (await harness.store.learners.byId(row.learnerId))?.address ?? '')
  const settled: readonly Delivery[] = await harness.rows(second)
  const held = settled.filter((row) => inTime.has(addressOf.get(row.id) ?? ''))
  expect(held.map((row) => row.state)).toEqual(held.map(() => 'cancelled'))
  expect([...accepted].filter((to) => inTime.has(to))).toEqual([])
  expect(harness.receiver.broken()).toBeGreaterThanOrEqual(sizes.stops)
  for (const row of settled) expect(accepted.has(addressOf.get(row.id) ?? '')).toBe(row.state === 'sent')
  expect(accepted.size).toBe(harness.receiver.taken.length - before)
  report({
    row: 14,
    what: 'stopped between RCPT and the final dot',
    sends: sizes.stops,
    twice: 0,
    note: `${accepted.size} of ${sizes.stops} racing stops came after the handover`,
  })
})
