import type { Delivery } from '../../../src/core/model.ts'
import type { Receiver, Taken } from './test-relay.ts'

/** The outcome of these deliveries according to the relay's own record. */
export interface Verdict {
  readonly wanted: number
  /** Deliveries without any accepted copy. */
  readonly lost: readonly Delivery[]
  readonly once: number
  readonly twice: readonly Delivery[]
  readonly more: readonly Delivery[]
  /** Deliveries whose copies are not byte-identical to the first. */
  readonly altered: readonly Delivery[]
  /** Second copies although the sender of the first must have received the reply: never allowed. */
  readonly unexcused: readonly Delivery[]
  /** Number of messages that belong to none of the deliveries. */
  readonly foreign: number
  /** The longest time between due and first accepted, ms. */
  readonly latestMs: number
}

/** Counts copies by Message-ID. `all` are all existing deliveries, `wanted` those that must have arrived. */
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
