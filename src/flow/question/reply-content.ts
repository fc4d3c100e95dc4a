import type { Ports } from '../ports/ports.ts'
import type { ReplyClient } from '../ports/reply-ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'

/** A reply as it was received. */
export interface ReplyContent {
  readonly recipient: string
  /** Null: a provider received it. */
  readonly client: ReplyClient | null
  /** False: put together from a provider's fields. */
  readonly isOriginal: boolean
  readonly raw: Uint8Array
}

/** Encrypts a reply for its learner, bound to its digest. Addresses are in nothing but this. */
export function sealReply(
  ports: Pick<Ports, 'sealer'>,
  unit: Repositories,
  row: { readonly learnerId: number; readonly digest: string },
  { raw, ...head }: ReplyContent,
): Promise<Uint8Array> {
  // One character for each byte: what a message holds need not be text of any charset.
  const plain = `${JSON.stringify(head)}\n${Buffer.from(raw).toString('latin1')}`
  return learnerSealer(ports, unit, row.learnerId).seal(contextOf(row.digest), plain)
}

/** Fails with `misconfigured` if it was encrypted for another learner. */
export async function openReply(
  ports: Pick<Ports, 'sealer' | 'store'>,
  row: { readonly learnerId: number; readonly digest: string; readonly sealed: Uint8Array },
): Promise<ReplyContent> {
  const plain = await learnerSealer(ports, ports.store, row.learnerId).open(contextOf(row.digest), row.sealed)
  const end = plain.indexOf('\n')
  return { ...JSON.parse(plain.slice(0, end)), raw: Buffer.from(plain.slice(end + 1), 'latin1') }
}

function contextOf(digest: string): string {
  return JSON.stringify(['reply', digest])
}
