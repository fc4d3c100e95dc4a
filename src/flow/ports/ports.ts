import type { Plan } from '../../core/assessment/starting-point.ts'
import type { CheckIn } from '../../core/course/check-in.ts'
import type { Course } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import type { Calendar } from '../../core/delivery/calendar.ts'
import type { ReplyStage } from '../../core/delivery/classify-reply.ts'
import type { EmailKind } from '../../core/delivery/email-kinds.ts'
import type { Locales } from '../../core/locales.ts'
import type { Variant } from '../../core/model.ts'
import type { SecretKeys } from '../../core/security/keys.ts'
import type { CourseCheck } from './course-ports.ts'
import type { Host } from './desk-ports.ts'
import type { LibrarySearch } from './library-ports.ts'
import type { ReadReplies } from './reply-ports.ts'
import type { HookPorts, ReadReport } from './report-ports.ts'
import type { Store } from './store-ports.ts'
import type { WakeUps } from './wake-ups.ts'

/** The interfaces that flows need. Adapters implement them; only app.ts knows the implementations. */
export interface Ports {
  readonly clock: Clock
  readonly store: Store
  readonly wakeUps: WakeUps
  readonly mailer: Mailer
  readonly composer: Composer
  readonly archive: MessageArchive
  readonly operatorMail: OperatorMail
  readonly host: Host
  readonly courses: Courses
  readonly librarySearch: LibrarySearch
  /** Reads the course files again and checks them; rejects if that is not possible. */
  readonly courseCheck: () => Promise<CourseCheck>
  readonly locales: Locales
  readonly calendar: Calendar
  readonly keys: SecretKeys
  readonly sealer: Sealer
  readonly log: Log
  /** 0 <= x < 1, for retry jitter. */
  readonly random: () => number
  /** Cryptographically secure, for values that must not be guessed. */
  readonly randomBytes: (size: number) => Uint8Array
  /** Called on every claim, for the readiness check. */
  readonly onClaim: (now: number) => void
  readonly handoverLog: HandoverLog
  /** Whether the worker that held this lease is known to have exited. */
  readonly isDeadWorker: (name: string) => boolean
  readonly readReport: ReadReport
  readonly readReply: ReadReplies
  readonly hooks: HookPorts
  readonly settings: FlowSettings
}

export interface FlowSettings {
  /** No trailing slash. */
  readonly publicUrl: string
  /** Host of the public address; used in Message-IDs. */
  readonly hostname: string
  /** The course at `/`. */
  readonly course: string
  /** Identifies this process as a lease holder. */
  readonly worker: string
  /** How far ahead the queue has a wake-up for each waiting row, ms. */
  readonly planningHorizonMs: number
  /** Lease duration, ms. The holder renews the lease while it works. */
  readonly leaseMs: number
  /**
   * If the relay's reply was lost, the identical message is sent again after this time, ms, unless there is proof that
   * the first copy arrived.
   */
  readonly resendAfterMs: number
  /**
   * Domain that receives reports on sent email. Null: there is none, and the envelope sender is the address of the From
   * header.
   */
  readonly returnPathDomain: string | null
  /** Domain that learners' replies come to. Null: there is none, and emails have no Reply-To. */
  readonly replyDomain: string | null
  /** Daily message limits from the first day until the end of the warm-up; null for no limit. */
  readonly warmUp: readonly number[] | null
  /** The address below which /desk is, without a slash at its end; null if there is no desk. */
  readonly deskUrl: string | null
}

export interface Clock {
  /** Milliseconds since the epoch, UTC. */
  now(): number
}

/** The last handover of this installation, as remembered outside the database. */
export interface LastHandover {
  readonly deliveryId: number
  readonly fence: number
  /** ms UTC. */
  readonly at: number
}

/** Remembers the last handover outside the database, so that a restored older copy can be recognised. */
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
  /** In this language; in the course's first one if it is left out, null, or not a language of the course. */
  get(name: string, language?: string | null): Course | null
  /** Each course in its first language. */
  all(): readonly Course[]
  /** Each course in each of its languages. */
  inEveryLanguage(): readonly Course[]
  /** Everything the course has besides its lessons; empty for an unknown course. Languages as for `get`. */
  resourcesOf(name: string, language?: string | null): CourseResources
}

/** Encrypts what a learner wrote. `context` is authenticated: decrypting with a different one fails. */
export interface Sealer {
  newDataKey(learnerId: number): Uint8Array
  seal(wrappedKey: Uint8Array, learnerId: number, context: string, plain: string): Uint8Array
  open(wrappedKey: Uint8Array, learnerId: number, context: string, sealed: Uint8Array): string
}

export interface EmailToCompose {
  readonly kind: EmailKind
  readonly to: string
  readonly course: Course
  /** The lesson's day; null for emails other than lessons. */
  readonly day: number | null
  /** Only for check-ins; `of` is the total number. */
  readonly checkIn?: CheckIn & { readonly of: number }
  readonly variant: Variant
  /** From a self-assessment, for learners who asked for it by email. Left out of discreet emails. */
  readonly plan?: Plan
  readonly discreet: boolean
  /**
   * The email only says that a page is available, in the same words every day. For emails that show a part of the
   * course.
   */
  readonly short?: boolean
  /** May be empty. */
  readonly name: string
  readonly timeZone: string
  /**
   * The instant of the Date header. The weekday and other words in the email are those of this instant in `timeZone`.
   */
  readonly date: number
  readonly messageId: string
  /** Absolute URLs. `open` is the target of the button; `help` is left out if there is no help page. */
  readonly links: {
    readonly open: string
    readonly stop: string
    readonly oneClickStop: string
    /** An address at which any email stops the course; left out if there is none. */
    readonly mailToStop?: string
    readonly help?: string
    /** The web page of this email; left out on that page. */
    readonly view?: string
    /** The learner's days and settings; left out before there are any. */
    readonly own?: { readonly days: string; readonly settings: string }
  }
  /** The envelope sender; by default the address of the From header. */
  readonly envelopeFrom?: string
  /** Where replies go; by default the address of the From header. */
  readonly replyTo?: string
  /** Identifies the delivery to a relay that reports results; see core/reports/return-address.ts. */
  readonly deliveryTag?: string
  /** When the next lesson is due, ms UTC, for emails that mention it. */
  readonly nextLessonAt: number | null
  /** Whether the course is paused until then; for emails that mention it. */
  readonly isPaused?: boolean
  /** The local hour at which a reminder was asked for, 0 to 23; only for reminders. */
  readonly reminderHour?: number
}

export interface OutgoingMessage {
  readonly from: string
  readonly to: string
  /** The whole message with CRLF line ends, not dot-stuffed. The same input gives the same bytes. */
  readonly raw: Buffer
  /** No line begins with a dot, so dot-stuffing is not needed (RFC 5321 section 4.5.2). */
  readonly dotFree?: boolean
  /** Returns the buffer for reuse by another message. Call it at most once, when `raw` is no longer read. */
  readonly release?: () => void
}

export interface Composer {
  /** Fails with AppError 'misconfigured' if the email would break a rule (over 80 KB of HTML, a missing header). */
  compose(email: EmailToCompose): Promise<OutgoingMessage>
  /** The HTML of the same email, for display as a page. */
  show(email: EmailToCompose): string
}

/** Keeps messages small, and reads them. */
export interface MessageArchive {
  /** Compresses a text. */
  shrink(text: Uint8Array): Uint8Array
  expand(shrunk: Uint8Array): Buffer
  /** What makes `form` this message, compressed, without the recipient. `form`: a message with the same words. */
  pack(message: Uint8Array, form: Uint8Array): Uint8Array
  /** The message, byte for byte if `to` is its recipient; null leaves the field out. */
  unpack(packed: Uint8Array, form: Uint8Array, to: string | null): Buffer
  /** Its header fields, and its plain text, decoded. */
  read(message: Uint8Array): { readonly header: string; readonly text: string }
}

/** Composes emails to operators; see core/desk/operator-emails.ts. */
export interface OperatorMail {
  /** Fails with `misconfigured` for an address that cannot be written in a header. */
  compose(email: {
    readonly to: string
    readonly subject: string
    /** Plain text. */
    readonly body: string
    /** ms UTC. */
    readonly date: number
    readonly messageId: string
  }): Promise<OutgoingMessage>
}

export type SmtpResult =
  | { readonly kind: 'accepted'; readonly reply: string }
  | { readonly kind: 'refused'; readonly stage: ReplyStage; readonly code: number; readonly reply: string }
  /** No reply, because the connection was lost or timed out. Ambiguous only if the stage is `after-dot`. */
  | { readonly kind: 'lost'; readonly stage: ReplyStage; readonly reason: string }
  /**
   * The relay cannot take this message, because it is too large or its address cannot be expressed. Nothing was sent.
   */
  | { readonly kind: 'unsendable'; readonly reply: string }
  /**
   * `confirmHandover` returned false and the connection was dropped, so the server discards the message; or the message
   * was never started.
   */
  | { readonly kind: 'withdrawn' }

export interface Mailer {
  /** `confirmHandover` is called once, when all but the last bytes have been sent. Never throws. */
  send(message: OutgoingMessage, confirmHandover: () => Promise<boolean>): Promise<SmtpResult>
}
