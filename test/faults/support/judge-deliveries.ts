import type { Delivery } from '../../../src/core/model.ts'
import type { Receiver, Taken } from './test-relay.ts'

/** What became of these deliveries by the receiver's own record. */
export interface Verdict {
  readonly wanted: number
  /** Deliveries of which no copy was accepted. */
  readonly lost: readonly Delivery[]
  readonly once: number
  readonly twice: readonly Delivery[]
  readonly more: readonly Delivery[]
  /** Copies that differ from the first by a byte. */
  readonly altered: readonly Delivery[]
  /** Second copies though the first one's sender must have heard the reply: never allowed. */
  readonly unexcused: readonly Delivery[]
  /** Messages that belong to none of the deliveries. */
  readonly foreign: number
  /** Between due and first accepted, at the most, ms. */
  readonly latestMs: number
}

/** Counts copies by Message-ID. `all` are all deliveries there are, `wanted` those that must have arrived. */
export function judge(receiver: Receiver, wanted: readonly Delivery[], all: readonly Delivery[] = wanted): Verdict {
  const copies = new Map<string, Taken[]>()
  for (const message of receiver.taken) {
    const sofar = copies.get(message.messageId)
    if (sofar) sofar.push(message)
    else copies.set(message.messageId, [message])
  }
  const of = (row: Delivery) => copies.get(row.messageId ?? '') ?? []
  const known = new Set(all.map((row) => row.messageId))
  const twice = all.filter((row) => of(row).length === 2)
  return {
    wanted: wanted.length,
    lost: wanted.filter((row) => of(row).length === 0),
    once: all.filter((row) => of(row).length === 1).length,
    twice,
    more: all.filter((row) => of(row).length > 2),
    altered: all.filter((row) => new Set(of(row).map((message) => message.hash)).size > 1),
    unexcused: twice.filter((row) => !receiver.wasCutOff(of(row)[0] as Taken)),
    foreign: [...copies.keys()].filter((id) => !known.has(id)).length,
    latestMs: Math.max(0, ...wanted.map((row) => (of(row)[0]?.at ?? row.dueAt) - row.dueAt)),
  }
}
