import type { BounceReason } from './bounce-reason.ts'

/** What another party says about one message of ours. It holds no address. */
export interface MailEvent {
  readonly kind: 'bounced' | 'delayed' | 'delivered' | 'complained' | 'unsubscribed' | 'noted'
  readonly about: About
  readonly reason: BounceReason
  /** For bounces: nobody tries again. */
  readonly permanent: boolean
}

/** How the report names the message: by a tag that carries a MAC, or else by its Message-ID without angle brackets. */
export interface About {
  /** `<deliveryId>-<mac>`, not yet checked. */
  readonly tag: string | null
  readonly messageId: string | null
}

export const NOTHING_KNOWN: About = { tag: null, messageId: null }

/** The tag in an envelope sender of ours, `bounce+<tag>@domain`, with or without angle brackets; null for another address. */
export function tagIn(address: string | null | undefined): string | null {
  return /^\s*<?bounce\+(\d{1,16}-[a-z2-7]{16})@[^@\s>]+>?\s*$/i.exec(address ?? '')?.[1]?.toLowerCase() ?? null
}

/** A Message-ID without angle brackets and blanks; null when there is none. */
export function bareMessageId(text: string | null | undefined): string | null {
  return /<?([^\s<>@]+@[^\s<>@]+)>?/.exec(text ?? '')?.[1] ?? null
}

export function noted(about: About, reason: BounceReason = 'undefined'): MailEvent {
  return { kind: 'noted', about, reason, permanent: false }
}
