import { AppError } from '../../core/errors.ts'
import type { Ports } from '../ports/ports.ts'

/** No learner has this id. */
const NOBODY = 0

export interface TicketKind {
  /** What the ticket is for; it cannot be opened as another kind. */
  readonly context: string
  /** Longer than the JSON of any content. The fixed size reveals nothing about it. */
  readonly bytes: number
  readonly lifetimeMs: number
}

/**
 * Encrypts something for the browser to bring back: opaque, short-lived and of a fixed size. It is stored nowhere and changes
 * nothing.
 */
export function sealTicket(ports: Pick<Ports, 'clock' | 'sealer'>, kind: TicketKind, content: unknown): string {
  const key = ports.sealer.newDataKey(NOBODY)
  const text = JSON.stringify({ madeAt: ports.clock.now(), content })
  const padded = text + ' '.repeat(Math.max(0, kind.bytes - Buffer.byteLength(text)))
  const sealed = ports.sealer.seal(key, NOBODY, kind.context, padded)
  return Buffer.concat([Buffer.from([key.length]), key, sealed]).toString('base64url')
}

/** The content of a ticket, or null if it was not made here, is of another kind, or is too old. */
export function openTicket(ports: Pick<Ports, 'clock' | 'sealer'>, kind: TicketKind, ticket: string): unknown {
  const bytes = Buffer.from(ticket, 'base64url')
  const keyEnd = 1 + (bytes[0] ?? 0)
  try {
    const text = ports.sealer.open(bytes.subarray(1, keyEnd), NOBODY, kind.context, bytes.subarray(keyEnd))
    const { madeAt, content } = JSON.parse(text) as { readonly madeAt: number; readonly content: unknown }
    return ports.clock.now() < madeAt + kind.lifetimeMs ? content : null
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}
