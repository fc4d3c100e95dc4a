import type { Plan } from '../../core/assessment/starting-point.ts'
import type { CheckIn } from '../../core/course/check-in.ts'
import type { Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import type { Calendar } from '../../core/delivery/calendar.ts'
import type { ReplyStage } from '../../core/delivery/classify-reply.ts'
import type { EmailKind } from '../../core/delivery/email-kinds.ts'
import type { Variant } from '../../core/model.ts'
import type { SecretKeys } from '../../core/security/keys.ts'
import type { HookPorts, ReadReport } from './report-ports.ts'
import type { Store } from './store-ports.ts'
import type { WakeUps } from './wake-ups.ts'

/** The interfaces that flows need. Adapters implement them; only app.ts knows which. */
export interface Ports {
  readonly clock: Clock
  readonly store: Store
  readonly wakeUps: WakeUps
  readonly mailer: Mailer
  readonly composer: Composer
  readonly courses: Courses
  readonly calendar: Calendar
  readonly keys: SecretKeys
  readonly sealer: Sealer
  readonly log: Log
  /** 0 <= x < 1, for the jitter of retries. */
  readonly random: () => number
  /** Unpredictable: for what must not be guessed. */
  readonly randomBytes: (size: number) => Uint8Array
  /** Called on every claim, for the readiness check. */
  readonly onClaim: (now: number) => void
  readonly handoverLog: HandoverLog
  /** Whether the worker that held this lease is known to have ended. */
  readonly isDeadWorker: (name: string) => boolean
  readonly readReport: ReadReport
  readonly hooks: HookPorts
  readonly settings: FlowSettings
}

export interface FlowSettings {
  /** No trailing slash. */
  readonly publicUrl: string
  /** Of the public address; ends the Message-IDs. */
  readonly hostname: string
  /** The course at `/`. */
  readonly course: string
  /** Names this process as the holder of leases. */
  readonly worker: string
  /** How far ahead the queue holds a wake-up for each waiting row, ms. */
  readonly planningHorizonMs: number
  /** A lease lasts this long, ms, and is renewed while its holder works. */
  readonly leaseMs: number
  /** After a lost reply the identical message will be sent again, this much later, ms, unless something proves that the first arrived. */
  readonly resendAfterMs: number
  /** Takes reports on what was sent; null: there is none, and the envelope sender is that of the From header. */
  readonly returnPathDomain: string | null
  /** Messages a day, from the first day on, until the plan is through; null: no limit. */
  readonly warmUp: readonly number[] | null
}

export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number
}

/** The last mark before a dot that this installation made, as remembered outside the database. */
export interface LastHandover {
  readonly deliveryId: number
  readonly fence: number
  /** ms UTC. */
  readonly at: number
}

/** Remembers, outside the database, the last message that may have gone out: how an older copy is recognised. */
export interface HandoverLog {
  /** Called after the handover is committed and before the last bytes are written. */
  note(dot: LastHandover): void
  last(): Promise<readonly LastHandover[]>
  forget(): Promise<void>
}

export interface Log {
  debug(facts: object, sentence: string): void
  info(facts: object, sentence: string): void
  warn(facts: object, sentence: string): void
  error(facts: object, sentence: string): void
}

export interface Courses {
  get(name: string): Course | null
  all(): readonly Course[]
  /** What the course has beside its lessons; empty for an unknown course. */
  resourcesOf(name: string): CourseResources
}

/** Encrypts what a learner wrote. `context` is bound to the ciphertext: opened under another, it fails. */
export interface Sealer {
  newDataKey(learnerId: number): Uint8Array
  seal(wrappedKey: Uint8Array, learnerId: number, context: string, plain: string): Uint8Array
  open(wrappedKey: Uint8Array, learnerId: number, context: string, sealed: Uint8Array): string
}

export interface EmailToCompose {
  readonly kind: EmailKind
  readonly to: string
  readonly course: Course
  /** The lesson's day; null for emails that are not a lesson. */
  readonly day: number | null
  /** For check-ins alone; `of` is how many there are. */
  readonly checkIn?: CheckIn & { readonly of: number }
  readonly variant: Variant
  /** From a self-assessment, for learners who asked for it by email. Discreet emails leave it out. */
  readonly plan?: Plan
  readonly discreet: boolean
  /** Says that a page is there and nothing of it, in the same words every day. For emails that show a part of the course. */
  readonly short?: boolean
  /** May be empty. */
  readonly name: string
  readonly timeZone: string
  /** The learner's weekday and other words are those of this instant in `timeZone`; the Date header is this instant. */
  readonly date: number
  readonly messageId: string
  /** Absolute. `open` is what the button leads to; `help` is left out where there is no help page. */
  readonly links: {
    readonly open: string
    readonly stop: string
    readonly oneClickStop: string
    /** An address to which any email stops the course; left out where none is taken. */
    readonly mailToStop?: string
    readonly help?: string
    /** The email itself as a page; left out on that page. */
    readonly view?: string
  }
  /** The envelope sender; left out: the address of the From header. */
  readonly envelopeFrom?: string
  /** Names the delivery to a relay that tells us what became of it; see core/reports/return-address.ts. */
  readonly deliveryTag?: string
  /** When the next lesson comes, ms UTC, for emails that say so. */
  readonly nextLessonAt: number | null
}

export interface OutgoingMessage {
  readonly from: string
  readonly to: string
  /** The whole message, CRLF line ends, without dot-stuffing. The same input gives the same bytes. */
  readonly raw: Buffer
  /** No line begins with a dot, so nothing needs doubling (RFC 5321 section 4.5.2). */
  readonly dotFree?: boolean
  /** To be called at most once, when nobody reads `raw` any more: it becomes another message's. */
  readonly release?: () => void
}

export interface Composer {
  /** Fails with AppError 'misconfigured' where the email would break a rule (over 80 KB of HTML, a missing header). */
  compose(email: EmailToCompose): Promise<OutgoingMessage>
  /** The HTML of the same email, to be shown as a page. */
  show(email: EmailToCompose): string
}

export type SmtpResult =
  | { readonly kind: 'accepted'; readonly reply: string }
  | { readonly kind: 'refused'; readonly stage: ReplyStage; readonly code: number; readonly reply: string }
  /** No reply: the connection was lost or fell silent. Ambiguous only when the stage is `after-dot`. */
  | { readonly kind: 'lost'; readonly stage: ReplyStage; readonly reason: string }
  /** It cannot be said to this relay at all, and nothing of it was: it is too large, or its address cannot be written. */
  | { readonly kind: 'unsendable'; readonly reply: string }
  /** `confirmHandover` said no and the connection was dropped, so the server discards the message; or it never began. */
  | { readonly kind: 'withdrawn' }

export interface Mailer {
  /** `confirmHandover` is asked once, when all but the last bytes are on their way. Never throws. */
  send(message: OutgoingMessage, confirmHandover: () => Promise<boolean>): Promise<SmtpResult>
}
