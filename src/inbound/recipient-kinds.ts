import { readReplyAddress } from '../core/question/reply-address.ts'
import { MAX_INBOUND_BYTES } from '../core/reports/inbound-email.ts'
import { readReturnAddress } from '../core/reports/return-address.ts'
import type { Ports } from '../flow/ports/ports.ts'
import type { ReplyClient } from '../flow/ports/reply-ports.ts'
import { receiveReply } from '../flow/question/receive-reply.ts'
import { MAX_KEPT_BYTES, receiveReport } from '../flow/reports/receive-report.ts'

/** Null: no email to it is accepted. */
export interface MailDomains {
  readonly returnPath: string | null
  readonly reply: string | null
}

/** A message that has arrived as a whole. */
export interface Arrived {
  readonly recipient: string
  readonly client: ReplyClient
  /** Its first bytes. */
  readonly kept: Buffer
  /** SHA-256 of the whole message. */
  readonly digest: Buffer
}

export type Received = 'kept' | 'unknown' | 'too-many'

/** What the listener does with the messages to one kind of address. */
export interface RecipientKind {
  /** For the log. */
  readonly what: string
  /** How much of a message is needed. */
  readonly keptBytes: number
  /** The SMTP reply to a message over 2 MB. */
  readonly tooLarge: string
  /** Whether this service issued the address. */
  accepts(ports: Pick<Ports, 'keys'>, domains: MailDomains, address: string): boolean
  receive(ports: Ports, arrived: Arrived): Promise<Received>
}

const KINDS: readonly RecipientKind[] = [
  {
    what: 'a report',
    keptBytes: MAX_KEPT_BYTES,
    tooLarge: `5.3.4 The report is larger than ${MAX_INBOUND_BYTES} bytes`,
    accepts: ({ keys }, { returnPath }, address) =>
      returnPath !== null && readReturnAddress(keys, address, returnPath) !== null,
    async receive(ports, { recipient, digest, kept }) {
      const result = await receiveReport(ports, { recipient, digest, head: kept })
      // Whoever sent it has done nothing wrong, and there is nothing to repeat.
      return result === 'pointless' ? 'kept' : result
    },
  },
  {
    what: 'a reply',
    // A signature covers the whole message.
    keptBytes: MAX_INBOUND_BYTES,
    // The sender's provider shows it to the person.
    tooLarge: '5.3.4 Only text arrives here, up to 2 MB: please send it again without pictures and attachments',
    accepts: ({ keys }, { reply }, address) => reply !== null && readReplyAddress(keys, address, reply) !== null,
    async receive(ports, { recipient, client, kept }) {
      const result = await receiveReply(ports, { recipient, client, isOriginal: true, raw: kept })
      return result === 'known' ? 'kept' : result
    },
  },
]

/** Null for an address that this service did not issue. */
export function recipientKindOf(
  ports: Pick<Ports, 'keys'>,
  domains: MailDomains,
  address: string,
): RecipientKind | null {
  return KINDS.find((kind) => kind.accepts(ports, domains, address)) ?? null
}
