import type { AuditAct, AuditEntry } from '../../core/desk/audit.ts'
import type { OperatorSession } from '../../core/desk/operator-session.ts'
import type { Role } from '../../core/desk/roles.ts'
import type { EnrolmentStateOrPending } from '../../core/enrolment/enrolment-acts.ts'
import type { Delivery, DeliveryState, Learner, SignUp } from '../../core/model.ts'
import type { Window } from './delivery-ports.ts'
import type { BounceKind } from './report-ports.ts'

export interface Operator {
  readonly id: number
  /** Never log it, and never put it in a URL. Null: removed. */
  readonly address: string | null
  readonly role: Role
  /** ms UTC. */
  readonly addedAt: number
  /** In which they read times, IANA; null: they have chosen none. */
  readonly timeZone: string | null
}

export interface Operators {
  /** Within a transaction, because ids are assigned one after the other. Fails if the address has an operator. */
  add(row: { address: string; addressKey: string; role: Role; now: number }): Promise<Operator>
  /** Null for an operator who was removed. */
  byId(id: number): Promise<Operator | null>
  byKey(addressKey: string): Promise<Operator | null>
  /** Those who were not removed, by id. */
  all(): Promise<readonly Operator[]>
  /** False, changing nothing, if nobody else is an owner. */
  setRole(id: number, role: Role): Promise<boolean>
  /** IANA. */
  setTimeZone(id: number, timeZone: string): Promise<void>
  /** Forgets the address and ends everything that opens the desk. False for the last owner, or if removed already. */
  remove(id: number, now: number): Promise<boolean>
}

export interface Passkey {
  /** The credential's id, base64url. */
  readonly id: string
  readonly operatorId: number
  /** COSE key, base64url. */
  readonly publicKey: string
  readonly counter: number
  readonly transports: readonly string[]
  readonly addedAt: number
  readonly lastUsedAt: number | null
}

export interface Passkeys {
  add(row: Omit<Passkey, 'addedAt' | 'lastUsedAt'> & { readonly now: number }): Promise<void>
  byId(id: string): Promise<Passkey | null>
  ofOperator(operatorId: number): Promise<readonly Passkey[]>
  noteUse(id: string, counter: number, now: number): Promise<void>
  /** False if this operator has no such passkey. */
  remove(id: string, operatorId: number): Promise<boolean>
  /** `operatorId`: who adds a passkey; null for a sign-in. */
  addChallenge(challenge: string, operatorId: number | null, now: number): Promise<void>
  /** True for exactly one caller, if it was made for the same purpose since the instant. */
  takeChallenge(challenge: string, operatorId: number | null, since: number): Promise<boolean>
}

export interface OperatorLink {
  /** Null: makes the first owner. */
  readonly operatorId: number | null
  readonly expiresAt: number
  readonly isUsed: boolean
}

export interface OperatorSessions {
  open(session: OperatorSession): Promise<void>
  find(hash: string): Promise<OperatorSession | null>
  touch(hash: string, now: number): Promise<void>
  ofOperator(operatorId: number): Promise<readonly OperatorSession[]>
  end(hash: string): Promise<void>
  /** False if this operator has no such session. */
  endById(id: string, operatorId: number): Promise<boolean>
  addLink(row: { hash: string; operatorId: number | null; now: number; expiresAt: number }): Promise<void>
  findLink(hash: string): Promise<OperatorLink | null>
  /** True for exactly one caller, before the link expires. */
  useLink(hash: string, now: number): Promise<boolean>
  /** Links made for this operator since the instant. */
  countLinks(operatorId: number, since: number): Promise<number>
  /** Deletes sessions, links and challenges that were over before the instants. */
  forget(over: { openedBefore: number; usedBefore: number; madeBefore: number }): Promise<void>
}

export interface AuditFilter {
  readonly act?: AuditAct
  readonly operatorId?: number
  readonly learnerId?: number
}

/** Append-only. */
export interface AuditLog {
  /** Within a transaction, because each line holds the hash of the one before it. */
  append(entry: AuditEntry): Promise<void>
  /** base64url of the sealed note of a line. It is deleted with its learner. */
  addNote(number: number, learnerId: number, sealed: string): Promise<void>
  notes(numbers: readonly number[]): Promise<ReadonlyMap<number, { learnerId: number; sealed: string }>>
  last(): Promise<Pick<AuditEntry, 'number' | 'hash'> | null>
  /** Newest first, before this number. */
  page(filter: AuditFilter, before: number | null, limit: number): Promise<readonly AuditEntry[]>
  /** Oldest first, after this number. */
  after(number: number, limit: number): Promise<readonly AuditEntry[]>
}

/** What the desk knows of the machine it runs on. */
export interface Host {
  /** Bytes left on the disk of the data folder; null if unknown. */
  freeBytes(): Promise<number | null>
  /** When the last complete backup was made (ms UTC); null if none is known. */
  lastBackupAt(): Promise<number | null>
}

/** One UTC day; `day` counts from the epoch. */
export interface DailyFigures {
  readonly day: number
  readonly sent: number
  readonly bounced: number
  readonly complained: number
  readonly signedUp: number
  readonly confirmed: number
  /** Enrolments that were stopped on this day and still are. */
  readonly stopped: number
}

export interface WaitingCounts {
  /** Due, and not sent yet. */
  readonly due: number
  /** Due within the next 24 hours. */
  readonly soon: number
  readonly deferred: number
  readonly unconfirmed: number
}

/** Numbers for the desk. They name nobody. */
export interface DeskFigures {
  /** Each count ends at `most`. */
  countWaiting(now: number, most: number): Promise<WaitingCounts>
  /** Every day from the first to the last. The numbers of days that are over may be a day old. */
  days(first: number, last: number, now: number): Promise<readonly DailyFigures[]>
}

/** One line of a list of people: an enrolment, or a sign-up that waits to be confirmed. */
export interface PersonRow {
  readonly learnerId: number
  readonly address: string
  readonly course: string
  readonly state: EnrolmentStateOrPending
  /** When what the list is ordered by happened, ms UTC; of a sign-up that waits, when they signed up. */
  readonly since: number
  /** The last lesson that was handed over; 0 before the first. */
  readonly day: number
}

/** By what people are listed: every sign-up, every course that began, and every one that was stopped and not resumed. */
export const PEOPLE_EVENTS = ['confirmed', 'signed-up', 'stopped'] as const
export type PeopleEvent = (typeof PEOPLE_EVENTS)[number]

export interface PeopleFilter {
  /** Left out: "confirmed". */
  readonly event?: PeopleEvent
  readonly course?: string
  readonly state?: EnrolmentStateOrPending
  readonly day?: number
  /** When that happened; of sign-ups that wait to be confirmed, signed up within. */
  readonly within?: Window
  /** Whose address a server refused, or whose mailbox was full. */
  readonly bounced?: true
}

/** Where a page of a list ended: the rows that follow this one are on the next. */
export interface DeskCursor {
  readonly at: number
  readonly id: number
}

/** Finds people. Reads nothing that they wrote or answered. */
export interface People {
  /**
   * Newest first. Looks at a few thousand rows at most, so a page of rare people may be short and still have a `next`; null at
   * the end.
   */
  page(
    filter: PeopleFilter,
    after: DeskCursor | null,
    limit: number,
  ): Promise<{ readonly rows: readonly PersonRow[]; readonly next: DeskCursor | null }>
  /** Learners whose address begins with this text, in whatever case, in order of their addresses, after this learner. */
  startingWith(text: string, after: number | null, limit: number): Promise<readonly Learner[]>
  signedUpAt(learnerId: number): Promise<number | null>
  signUps(learnerId: number): Promise<readonly SignUp[]>
  /** Of all enrolments and without one, in order of their ids. */
  deliveries(learnerId: number): Promise<readonly Delivery[]>
  /** Reports about emails that were sent, oldest first. */
  reports(learnerId: number): Promise<readonly PersonReport[]>
}

export interface PersonReport {
  readonly deliveryId: number
  readonly kind: BounceKind
  readonly reason: string
  /** ms UTC. */
  readonly at: number
}

/** One line of a list of deliveries. */
export interface DeliveryRow
  extends Pick<Delivery, 'id' | 'learnerId' | 'kind' | 'day' | 'state' | 'dueAt' | 'settledAt'> {
  readonly address: string
  /** '' for an email that belongs to no course. */
  readonly course: string
}

/**
 * A state, or what a number of the page "Today" counts: due and not sent yet, due within the next 24 hours, accepted by the
 * relay, bounced for good, complained about.
 */
export type ListedState = DeliveryState | 'due' | 'soon' | 'accepted' | 'bounced' | 'complained'

export interface DeliveryFilter {
  /** Left out: whatever was due until now. */
  readonly state?: ListedState
  readonly course?: string
  /** Position in the course. */
  readonly day?: number
  /** When it was due; for those not sent, when that was decided; for the others when it was accepted or reported. */
  readonly within?: Window
}

/** Lists deliveries. Reads nothing of what they contained. */
export interface DeskDeliveries {
  /**
   * Waiting ones by due time; all others newest first, those that were accepted by when they were due. Looks at a few thousand
   * rows at most, as `People.page` does. `next` is null at the end.
   */
  page(
    filter: DeliveryFilter,
    now: number,
    after: DeskCursor | null,
    limit: number,
  ): Promise<{ readonly rows: readonly DeliveryRow[]; readonly next: DeskCursor | null }>
}
