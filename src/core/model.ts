/** The records flows speak of. Instants are milliseconds since the epoch, UTC; ids are positive integers. */

/** Which form of the course a learner reads. */
export interface Variant {
  readonly track: string | null
  readonly overlays: readonly string[]
  /** The version of the course a day was sent in; left out where nothing was sent. */
  readonly edition?: string
}

export const COMMON_VARIANT: Variant = { track: null, overlays: [] }

export interface Learner {
  readonly id: number
  /** As the person typed it, domain in lower-case ASCII. Never logged, never in a job, never in a URL. */
  readonly address: string
}

/** What a person chose when signing up; copied to the enrolment on confirmation. */
export interface Preferences {
  readonly name: string
  /** IANA time zone. */
  readonly timeZone: string
  /** 0 to 23, local. */
  readonly hour: number
  readonly discreet: boolean
  /** No lesson emails at all: the person reads on the web. */
  readonly webOnly: boolean
  /** Emails say only that a page is there, and without an own session the page says no more. */
  readonly shortEmails: boolean
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
  /** The person said that they did not ask for this. */
  readonly declinedAt: number | null
  readonly enrolmentId: number | null
}

export type EnrolmentState = 'active' | 'stopped' | 'finished'

export interface Enrolment extends Omit<Preferences, 'shortEmails'> {
  /** Null until a restriction of an earlier version has been looked for; flow/enrolment/short-emails.ts knows what to do then. */
  readonly shortEmails: boolean | null
  readonly id: number
  readonly learnerId: number
  readonly course: string
  readonly state: EnrolmentState
  /** When the person confirmed: day 1 of the course. */
  readonly confirmedAt: number
  /** The weekly check-ins alone are stopped; null while they may come. */
  readonly checkInsStoppedAt: number | null
}

/**
 * `check-in` comes weekly after the closing email; `reading-link` brings the way into everything written, `erase-link` the
 * second proof before everything is deleted. Both were asked for that minute.
 */
export type DeliveryKind = 'sign-up' | 'lesson' | 'closing' | 'check-in' | 'reading-link' | 'erase-link'

export type DeliveryState =
  | 'planned'
  | 'leased'
  | 'sent'
  | 'deferred'
  | 'failed'
  | 'expired'
  | 'unconfirmed'
  | 'cancelled'

/** The last instant a Date can hold: what is due then waits for a person. */
export const NEVER = 8_640_000_000_000_000

export interface Delivery {
  readonly id: number
  readonly learnerId: number
  readonly kind: DeliveryKind
  readonly enrolmentId: number | null
  readonly signUpId: number | null
  /** Position in the course: 1 for the first lesson, then the closing email, then the check-ins; null outside the course. */
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
  /** The form of the course it was made for, sealed; kept from the first copy on. */
  readonly sealedVariant: Uint8Array | null
  /** The same in clear, in rows written before it was sealed. It is newer than the sealed one. */
  readonly plainVariant: Variant | null
  /** When it was last refused for policy once its recipient was named; null: never. */
  readonly refusedAt: number | null
}

/** Waiting or being sent. */
export function isStillToCome(delivery: Delivery): boolean {
  return delivery.state === 'planned' || delivery.state === 'deferred' || delivery.state === 'leased'
}

export interface DayProgress {
  readonly day: number
  readonly effort: 'full' | 'small' | 'not-today'
  readonly completedAt: number
}
