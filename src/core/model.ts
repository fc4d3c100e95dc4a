import type { Pace } from './pace.ts'

/** The records that flows work with. Instants are milliseconds since the epoch, UTC; ids are positive integers. */

/** Which form of the course a learner reads. */
export interface Variant {
  readonly track: string | null
  readonly overlays: readonly string[]
  /** The version of the course in which the day was sent; left out if nothing was sent. */
  readonly edition?: string
  /** The language in which the day was sent; left out if nothing was sent, and for the course's first language. */
  readonly language?: string
}

export const COMMON_VARIANT: Variant = { track: null, overlays: [] }

export interface Learner {
  readonly id: number
  /** As the person typed it, with the domain in lower-case ASCII. Never log it, and never put it in a job or a URL. */
  readonly address: string
}

/** What a person chose when signing up. Copied to the enrolment on confirmation. */
export interface Preferences {
  readonly name: string
  /** IANA time zone. */
  readonly timeZone: string
  /** 0 to 23, local. */
  readonly hour: number
  readonly discreet: boolean
  /** One of the languages of the course; null for its first one. */
  readonly language: string | null
  /** No lesson emails: the person reads on the web. */
  readonly webOnly: boolean
  /** Emails only say that a page is available, and without an own session the page says no more. */
  readonly shortEmails: boolean
  readonly pace: Pace
  /** When a reminder comes on the evening of a lesson whose page was not used, 0 to 23, local; null for none. */
  readonly reminderHour: number | null
}

/** A request to join, and the consent record once confirmed. */
export interface SignUp {
  readonly id: number
  readonly learnerId: number
  readonly course: string
  readonly preferences: Preferences
  readonly wording: string
  readonly nonce: string
  readonly createdAt: number
  readonly confirmedAt: number | null
  /** When the person said that they had not asked for this. */
  readonly declinedAt: number | null
  readonly enrolmentId: number | null
}

export type EnrolmentState = 'active' | 'paused' | 'stopped' | 'finished'

export interface Enrolment extends Omit<Preferences, 'shortEmails'> {
  /** Null until restrictions from an earlier version have been checked; see flow/enrolment/short-emails.ts. */
  readonly shortEmails: boolean | null
  readonly id: number
  readonly learnerId: number
  readonly course: string
  readonly state: EnrolmentState
  /** When the person confirmed: day 1 of the course. */
  readonly confirmedAt: number
  /** When only the weekly check-ins were stopped; null while they may be sent. */
  readonly checkInsStoppedAt: number | null
  /** The number of lessons it began with, whatever becomes of the course; null: as many as the course has. */
  readonly days: number | null
  /** When it was paused, and until when; null unless it is paused. */
  readonly pause: Pause | null
}

export interface Pause {
  readonly since: number
  readonly until: number
}

/**
 * `check-in` is sent weekly after the closing email, and `pause-ending` the day before a paused course goes on.
 * `reading-link` brings a link that opens everything written, `erase-link` the second confirmation before everything is
 * deleted, and `way-back` a link to the learner's courses; these are sent on request. `address-link` asks a new address,
 * and `address-changed` tells the former one. `resend` is a lesson that an operator
 * sends once more. `answer` tells of an answer to a question, `question-received` that a reply by email has come,
 * `follow-up` asks how it is some time after an answer, and `publication` asks whether others may read it.
 */
export type DeliveryKind =
  | 'sign-up'
  | 'lesson'
  | 'closing'
  | 'check-in'
  | 'pause-ending'
  | 'reminder'
  | 'resend'
  | 'reading-link'
  | 'erase-link'
  | 'way-back'
  | 'address-link'
  | 'address-changed'
  | 'answer'
  | 'question-received'
  | 'follow-up'
  | 'publication'

export type DeliveryState =
  | 'planned'
  | 'leased'
  | 'sent'
  | 'deferred'
  | 'failed'
  | 'expired'
  | 'unconfirmed'
  | 'cancelled'

/** The latest instant a Date can hold. Rows with this due time wait for an operator. */
export const NEVER = 8_640_000_000_000_000

export interface Delivery {
  readonly id: number
  readonly learnerId: number
  readonly kind: DeliveryKind
  readonly enrolmentId: number | null
  readonly signUpId: number | null
  /**
   * Position in the course: the lessons from 1, then the closing email, then the check-ins; null outside the course.
   */
  readonly day: number | null
  readonly state: DeliveryState
  readonly dueAt: number
  readonly attempt: number
  readonly fence: number
  readonly leaseUntil: number | null
  readonly handedOverAt: number | null
  readonly firstAttemptAt: number | null
  readonly firstHandoverAt: number | null
  readonly settledAt: number | null
  readonly resends: number
  readonly messageId: string | null
  readonly reply: string | null
  /** The variant this delivery was made for, sealed; kept from the first copy on. */
  readonly sealedVariant: Uint8Array | null
  /** The same in plain text, in rows written before variants were sealed. It takes precedence over the sealed one. */
  readonly plainVariant: Variant | null
  /** When it was last refused for policy after RCPT TO; null if never. */
  readonly refusedAt: number | null
  /** The lesson that a `resend` sends once more; null for all others. */
  readonly resendOf: number | null
}

/** Waiting or being sent. */
export function isStillToCome(delivery: Pick<Delivery, 'state'>): boolean {
  return delivery.state === 'planned' || delivery.state === 'deferred' || delivery.state === 'leased'
}

export interface DayProgress {
  readonly day: number
  readonly effort: 'full' | 'small' | 'not-today'
  readonly completedAt: number
}
