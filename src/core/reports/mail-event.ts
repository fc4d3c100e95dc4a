import type { BounceReason } from './bounce-reason.ts'

/**
 * What a relay or mail server reports about a sent message or its recipient. It contains no address.
 * - `unsubscribed`: stop one course, or every course if no message is named
 * - `suppressed`: the relay no longer sends to this person, so every course stops; `reason` is the relay's
 * - `noted`: no effect
 */
export interface MailEvent {
  readonly kind: 'bounced' | 'delayed' | 'delivered' | 'complained' | 'unsubscribed' | 'suppressed' | 'noted'
  readonly about: MessageReference
  readonly reason: BounceReason
  /** For bounces: whether the message will not be retried. */
  readonly permanent: boolean
}

/**
 * How the report identifies the message: by a tag that carries a MAC, or else by its Message-ID without angle brackets.
 */
export interface MessageReference {
  /** `<deliveryId>-<mac>`, not yet checked. */
  readonly tag: string | null
  readonly messageId: string | null
}

export const UNKNOWN_MESSAGE: MessageReference = { tag: null, messageId: null }

/** Longer than any envelope sender with a tag. */
const MAX_ADDRESS_LENGTH = 400
/** RFC 5322 section 2.1.1: a line has at most 998 characters. */
const MAX_MESSAGE_ID_LENGTH = 998

/**
 * The tag in an envelope sender of this service, `bounce+<tag>@domain`, with or without angle brackets; null for any
 * other address.
 */
export function envelopeTag(address: string | null | undefined): string | null {
  const text = (address ?? '').slice(0, MAX_ADDRESS_LENGTH)
  return /^\s*<?bounce\+(\d{1,16}-[a-z2-7]{16})@[^@\s>]+>?\s*$/i.exec(text)?.[1]?.toLowerCase() ?? null
}

/** The first Message-ID in a text, without angle brackets; null if there is none. Linear in the length of the text. */
export function findMessageId(text: string | null | undefined): string | null {
  const line = (text ?? '').slice(0, MAX_MESSAGE_ID_LENGTH)
  const at = line.indexOf('@')
  if (at < 0) return null
  let start = at
  while (start > 0 && isIdCharacter(line.charAt(start - 1))) start -= 1
  let end = at + 1
  while (end < line.length && isIdCharacter(line.charAt(end))) end += 1
  return start === at || end === at + 1 ? null : line.slice(start, end)
}

function isIdCharacter(character: string): boolean {
  return character > ' ' && character !== '<' && character !== '>' && character !== '@' && character !== '\u00a0'
}

export function noted(about: MessageReference, reason: BounceReason = 'undefined'): MailEvent {
  return { kind: 'noted', about, reason, permanent: false }
}

export function delivered(about: MessageReference): MailEvent {
  return { kind: 'delivered', about, reason: 'delivered', permanent: false }
}

export function delayed(about: MessageReference, reason: BounceReason = 'undefined'): MailEvent {
  return { kind: 'delayed', about, reason, permanent: false }
}

export function bounced(about: MessageReference, reason: BounceReason, permanent: boolean): MailEvent {
  return { kind: 'bounced', about, reason, permanent }
}

export function complained(about: MessageReference): MailEvent {
  return { kind: 'complained', about, reason: 'feedback', permanent: true }
}

export function unsubscribed(about: MessageReference): MailEvent {
  return { kind: 'unsubscribed', about, reason: 'undefined', permanent: true }
}
