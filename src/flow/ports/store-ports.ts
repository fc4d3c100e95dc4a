import type { Deliveries, UnbuiltMessages } from './delivery-ports.ts'
import type { Enrolments } from './enrolment-ports.ts'
import type { AnswerStore, Progress, Sharing } from './exercise-ports.ts'
import type { Learners } from './learner-ports.ts'
import type { Mailboxes } from './mailbox-ports.ts'
import type { MailEvents, Reports, Reputation, Suppressions } from './report-ports.ts'
import type { EmailedLinks, Sessions, Unsealed } from './security-ports.ts'
import type { Heartbeats, SendingState } from './sending-ports.ts'
import type { SignUps } from './sign-up-ports.ts'

/** Repositories, and a unit of work over all of them. Nothing but the store may be awaited inside `transaction`. */
export interface Store extends Repositories {
  /**
   * BEGIN IMMEDIATE ... COMMIT; rolled back when `work` throws. Use only the repositories handed to `work` inside. What it
   * plans reaches the queue after the commit (flow/with-wake-ups.ts).
   */
  transaction<T>(work: (unit: Repositories) => Promise<T>): Promise<T>
  /** Empties what the database keeps beside its file for recovery, so that erased rows live on nowhere. False: not now. */
  truncateRecoveryLog(): Promise<boolean>
  /** Whether something was erased or sealed since the file was last written anew. */
  isRewriteDue(): Promise<boolean>
  /** Writes the whole file anew, without what erased and moved rows left in it, unless it has more bytes than `limit`. False: not done. */
  rewrite(limit: number): Promise<boolean>
  /** Names this installation: the same in every copy of its database, another in every other. */
  installation(): Promise<string>
  /** Whether any delivery was ever planned. */
  hasHistory(): Promise<boolean>
  /** Rows made from now on are numbered this much further on than they would have been. */
  skipIds(by: number): Promise<void>
}

export interface Repositories {
  readonly learners: Learners
  readonly signUps: SignUps
  readonly enrolments: Enrolments
  readonly deliveries: Deliveries
  readonly progress: Progress
  readonly answers: AnswerStore
  readonly sessions: Sessions
  readonly emailedLinks: EmailedLinks
  readonly sharing: Sharing
  readonly suppressions: Suppressions
  readonly mailboxes: Mailboxes
  readonly heartbeats: Heartbeats
  readonly sendingState: SendingState
  readonly mailEvents: MailEvents
  readonly reports: Reports
  readonly reputation: Reputation
  readonly unsealed: Unsealed
  readonly unbuiltMessages: UnbuiltMessages
}
