import type { AddressChanges } from './address-ports.ts'
import type { AnswersFor, QuestionDrafts, QuestionDuty, QuestionNotes, SavedPassages } from './answering-ports.ts'
import type { Attempts, Deliveries, UnbuiltMessages } from './delivery-ports.ts'
import type {
  AuditLog,
  DeskDeliveries,
  DeskFigures,
  OperatorSessions,
  Operators,
  Passkeys,
  People,
} from './desk-ports.ts'
import type { Enrolments } from './enrolment-ports.ts'
import type { AnswerStore, Progress, Sharing } from './exercise-ports.ts'
import type { Learners } from './learner-ports.ts'
import type { Mailboxes } from './mailbox-ports.ts'
import type { Publications, PublishedQuestions } from './publication-ports.ts'
import type { Questions } from './question-ports.ts'
import type { Replies } from './reply-ports.ts'
import type { MailEvents, Reports, Reputation, Suppressions } from './report-ports.ts'
import type { EmailedLinks, Sessions, Unsealed } from './security-ports.ts'
import type { Heartbeats, SendingState } from './sending-ports.ts'
import type { ConfirmationEmails, SignUps } from './sign-up-ports.ts'

/** Repositories, and a unit of work over all of them. Inside `transaction`, await nothing but the store. */
export interface Store extends Repositories {
  /**
   * BEGIN IMMEDIATE ... COMMIT, rolled back if `work` throws. Inside, use only the repositories passed to `work`.
   * Planned deliveries reach the queue after the commit (flow/with-wake-ups.ts).
   */
  transaction<T>(work: (unit: Repositories) => Promise<T>): Promise<T>
  /** Truncates the database's recovery log, so that erased rows do not survive in it. False: not possible now. */
  truncateRecoveryLog(): Promise<boolean>
  /** Whether something was erased or sealed since the file was last rewritten. */
  isRewriteDue(): Promise<boolean>
  /**
   * Rewrites the whole file, to remove what erased and moved rows left in it, unless it is larger than `limit` bytes.
   * False: not done.
   */
  rewrite(limit: number): Promise<boolean>
  /** Identifies this installation: the same in every copy of its database, and unique to it. */
  installation(): Promise<string>
  /** Whether any delivery was ever planned. */
  hasHistory(): Promise<boolean>
  /** Skips this many ids, so that rows created from now on get higher ones. */
  skipIds(by: number): Promise<void>
}

export interface Repositories {
  readonly learners: Learners
  readonly addressChanges: AddressChanges
  readonly signUps: SignUps
  readonly confirmationEmails: ConfirmationEmails
  readonly enrolments: Enrolments
  readonly deliveries: Deliveries
  readonly progress: Progress
  readonly answers: AnswerStore
  readonly sessions: Sessions
  readonly emailedLinks: EmailedLinks
  readonly sharing: Sharing
  readonly publications: Publications
  readonly publishedQuestions: PublishedQuestions
  readonly suppressions: Suppressions
  readonly mailboxes: Mailboxes
  readonly heartbeats: Heartbeats
  readonly sendingState: SendingState
  readonly mailEvents: MailEvents
  readonly reports: Reports
  readonly reputation: Reputation
  readonly unsealed: Unsealed
  readonly unbuiltMessages: UnbuiltMessages
  readonly attempts: Attempts
  readonly operators: Operators
  readonly passkeys: Passkeys
  readonly operatorSessions: OperatorSessions
  readonly auditLog: AuditLog
  readonly deskFigures: DeskFigures
  readonly people: People
  readonly deskDeliveries: DeskDeliveries
  readonly questions: Questions
  readonly replies: Replies
  readonly answersFor: AnswersFor
  readonly savedPassages: SavedPassages
  readonly questionDrafts: QuestionDrafts
  readonly questionNotes: QuestionNotes
  readonly questionDuty: QuestionDuty
}
