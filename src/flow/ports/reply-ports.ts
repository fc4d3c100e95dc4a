import type { ReplyOutcome } from '../../core/question/reply-outcome.ts'

/** A reply to store until it is read. Only its learner's key opens it. */
export interface NewReply {
  readonly learnerId: number
  readonly deliveryId: number
  /** Identical for a message that is received again; a keyed hash, so that the content cannot be guessed from it. */
  readonly digest: string
  readonly sealed: Uint8Array
}

export interface WaitingReply extends NewReply {
  readonly id: number
  /** ms UTC. */
  readonly receivedAt: number
  /** The number of attempts, whatever their result. */
  readonly attempts: number
}

/** Replies to emails of a course. A row waits until it is settled, and then keeps its outcome but not its content. */
export interface Replies {
  /** False if the same message is stored already, read or not. */
  add(reply: NewReply, now: number): Promise<boolean>
  isKnown(digest: string): Promise<boolean>
  /** Replies that may be tried now: fewest attempts first, then the oldest. */
  waiting(limit: number, now: number): Promise<readonly WaitingReply[]>
  /** Counts an attempt before it is made and blocks others until the instant. False if the reply is claimed or gone. */
  claim(reply: Pick<WaitingReply, 'id' | 'attempts'>, now: number, until: number): Promise<boolean>
  /** Schedules the next attempt for the instant and sets the number of attempts. */
  retryAt(id: number, at: number, attempts: number): Promise<void>
  /** Deletes the content and keeps the outcome. False if it was already settled. */
  settle(id: number, outcome: ReplyOutcome, now: number): Promise<boolean>
  /** Of a settled reply. */
  setOutcome(id: number, outcome: ReplyOutcome): Promise<void>
  /** The number of replies about the learner's emails since the instant, settled or not. */
  countOf(learnerId: number, since: number): Promise<number>
  /** The number of replies waiting to be read; at most `limit`. */
  countWaiting(limit: number): Promise<number>
  /** Of all rows that are left, by outcome. */
  countByOutcome(): Promise<Readonly<Partial<Record<ReplyOutcome, number>>>>
  /** Deletes settled replies received before the instant. Returns how many. */
  forget(before: number): Promise<number>
}

/** What the listener saw of the sending server (RFC 5321). */
export interface ReplyClient {
  readonly ip: string
  readonly helo: string
  /** The address of MAIL FROM; '' for the null return path. */
  readonly mailFrom: string
}

export interface ReplyToRead {
  /** The whole message. */
  readonly raw: Uint8Array
  /** The address that it was sent to. */
  readonly recipient: string
  /** Null: a provider received it, so that only the message itself can prove anything. */
  readonly client: ReplyClient | null
  /** False: put together from a provider's fields, so that it proves nothing. */
  readonly isOriginal: boolean
  /** The host that receives, for the comments of RFC 8601. */
  readonly host: string
}

export type ReadReply =
  | { readonly kind: 'report' }
  | { readonly kind: 'automatic' | 'unreadable' }
  | {
      /** `encrypted`: to a key that nobody here has (OpenPGP or S/MIME). */
      readonly kind: 'text' | 'encrypted'
      /** The only address in From; null if there is none, or several. */
      readonly from: string | null
      /** Whether To or Cc names the recipient: a message to somebody else proves nothing when it is sent here. */
      readonly isAddressed: boolean
      /**
       * Whether the domain of From vouches for the message, by an aligned DKIM signature or by SPF (RFC 9989). `later`: DNS
       * does not answer now.
       */
      readonly isAuthentic: 'yes' | 'no' | 'later'
      /** What the person wrote: without quoted text and signature, at most QUESTION_MAX characters. */
      readonly text: string
      readonly isCut: boolean
      readonly hasAttachments: boolean
    }

/** Reads and authenticates one reply. Rejects if that takes too long or too much memory. */
export type ReadReplies = (reply: ReplyToRead) => Promise<ReadReply>
