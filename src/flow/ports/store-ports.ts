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

export interface Learners {
  /** The learner with this address key, created when absent; a known learner stays as they are. */
  ensure(row: { address: string; addressKey: string; mailboxKey?: string; now: number }): Promise<Learner>
  byId(id: number): Promise<Learner | null>
  /** The learner and everything of theirs. Suppressions stay: they hold a keyed hash and no address. */
  erase(id: number): Promise<void>
  /** What core/security/reading-word.ts made of the learner's reading word; null: none was set. */
  readingWord(id: number): Promise<string | null>
  setReadingWord(id: number, hash: string | null): Promise<void>
  /** The wrapped data key; stores `fresh` first when there is none. */
  dataKey(id: number, fresh: () => Uint8Array): Promise<Uint8Array>
}

export interface SignUps {
  add(row: {
    learnerId: number
    course: string
    preferences: Preferences
    wording: string
    nonce: string
    tokenHash: string
    now: number
  }): Promise<number>
  byId(id: number): Promise<SignUp | null>
  byTokenHash(hash: string): Promise<SignUp | null>
  /** `at` null takes the refusal back. */
  decline(id: number, at: number | null): Promise<void>
  /** Deletes sign-ups made before this instant (ms UTC) and never confirmed, `limit` at most, and learners of whom nothing else is left. Returns how many sign-ups. */
  forgetUnconfirmed(before: number, limit: number): Promise<number>
  /** True when this call confirmed it; false when it was confirmed before. */
  confirm(id: number, row: { now: number; how: string; enrolmentId: number }): Promise<boolean>
  startingPoint(id: number): Promise<StoredStart>
  /** Takes the place of whatever was kept before, in clear too. */
  setStartingPoint(id: number, sealed: Uint8Array): Promise<void>
}

/** A starting point as its row holds it. */
export interface StoredStart {
  readonly sealed: Uint8Array | null
  /** The form of the course in clear, of a row written before it was sealed. It is newer than the sealed one. */
  readonly plain: Variant | null
}

export const NO_STORED_START: StoredStart = { sealed: null, plain: null }

export interface Enrolments {
  add(row: Preferences & { learnerId: number; course: string; now: number }): Promise<Enrolment>
  byId(id: number): Promise<Enrolment | null>
  /** The latest enrolment of this learner in this course. */
  latest(learnerId: number, course: string): Promise<Enrolment | null>
  ofLearner(learnerId: number): Promise<readonly Enrolment[]>
  /** False when the enrolment was not in `from`. */
  move(id: number, from: EnrolmentState, to: EnrolmentState, now: number): Promise<boolean>
  setPreferences(id: number, preferences: Partial<Omit<Preferences, 'shortEmails'>>): Promise<void>
  setShortEmails(id: number, on: boolean): Promise<void>
  /** The same where it is not known yet; elsewhere it changes nothing. */
  settleShortEmails(id: number, on: boolean): Promise<void>
  /** Enrolments of which it is not known yet, in order of id, after this one. */
  withoutShortEmails(afterId: number, limit: number): Promise<readonly Enrolment[]>
  startingPoint(id: number): Promise<StoredStart>
  /** Takes the place of whatever was kept before, in clear too. */
  setStartingPoint(id: number, sealed: Uint8Array): Promise<void>
  /** Stops the weekly check-ins alone, or with null lets them come again. */
  setCheckIns(id: number, stoppedAt: number | null): Promise<void>
}

/** Rows that still hold the form of the course in clear: to be sealed by and by, while the service runs. */
export interface Unsealed {
  /** In order of id, after this one. */
  starts(owner: StartTable, after: number, limit: number): Promise<readonly UnsealedStart[]>
  /** False when the row changed meanwhile. */
  sealStart(owner: StartTable, row: UnsealedStart, sealed: Uint8Array): Promise<boolean>
  /** In order of id, after this one. */
  variants(after: number, limit: number): Promise<readonly UnsealedVariant[]>
  /** Null: no form is to be kept. False when the row changed meanwhile. */
  sealVariant(row: UnsealedVariant, sealed: Uint8Array | null): Promise<boolean>
  /** Seals the names of fields in the next rows of answers that hold them in clear. `last`: the id to go on after; null: none was left. */
  sealFields(after: number, limit: number): Promise<{ readonly last: number | null; readonly sealed: number }>
  /** What was there in clear is to leave the file too, when there is time. */
  askForRewrite(): Promise<void>
}

export type StartTable = 'sign_up' | 'enrolment'

export interface UnsealedStart {
  readonly id: number
  readonly learnerId: number
  readonly sealed: StoredStart['sealed']
  readonly track: string | null
  /** The overlays as stored. */
  readonly text: string
}

export interface UnsealedVariant {
  readonly id: number
  readonly learnerId: number
  readonly course: string | null
  readonly hasLeft: boolean
  /** As stored. */
  readonly text: string
}

export interface PlannedDelivery {
  readonly learnerId: number
  readonly kind: DeliveryKind
  readonly enrolmentId: number | null
  readonly signUpId: number | null
  readonly day: number | null
  readonly dueAt: number
}

/** Half-open: start <= instant < end. */
export interface Window {
  readonly start: number
  readonly end: number
}

export interface ClaimRequest {
  readonly now: number
  readonly leaseUntil: number
  readonly owner: string
  /** Kept from the first claim on: the same in every copy of this message. */
  readonly messageId: string
  /** The learner's local day around `now`; no other lesson of the enrolment may have had its dot in it. Null: no such rule. */
  readonly day: Window | null
}

export type Settlement =
  | { readonly state: 'sent'; readonly reply: string }
  /** `counts` false: the attempt met no relay and is not held against the message. */
  | {
      readonly state: 'deferred'
      readonly dueAt: number
      readonly reply: string
      readonly counts?: boolean
      /** When it was refused for policy; left out: it was not. */
      readonly refusedAt?: number
    }
  | { readonly state: 'failed'; readonly reply: string }
  | { readonly state: 'expired'; readonly reply: string }
  | { readonly state: 'cancelled'; readonly reply: string }
  | { readonly state: 'unconfirmed'; readonly dueAt: number; readonly reply: string }

export interface Refusal {
  readonly learnerId: number
  /** Has confirmed an enrolment. */
  readonly isConfirmed: boolean
  /** Of the learner's address. */
  readonly domain: string
  readonly reply: string
}

export interface Deliveries {
  plan(rows: readonly PlannedDelivery[], now: number): Promise<readonly Delivery[]>
  byId(id: number): Promise<Delivery | null>
  ofEnrolment(enrolmentId: number): Promise<readonly Delivery[]>
  /** Ids that a sweep should try now: due planned, deferred or unconfirmed rows and leases run out, oldest first. */
  due(now: number, limit: number): Promise<readonly number[]>
  /** Since when (ms UTC) the longest waiting row that nobody living holds has been due; null when none is. */
  oldestDue(now: number): Promise<number | null>
  /** How many rows there are of each state. */
  countByState(): Promise<Readonly<Record<string, number>>>
  /** Live rows due in the window, in order of (dueAt, id), after the cursor. */
  upcoming(window: Window, after: { dueAt: number; id: number } | null, limit: number): Promise<readonly WakeUp[]>
  /** Takes the lease when the row is due and every guard of DESIGN section 4 holds; otherwise null and nothing changed. */
  claim(id: number, request: ClaimRequest): Promise<Delivery | null>
  renew(id: number, fence: number, now: number, leaseUntil: number): Promise<boolean>
  /** `variant`: the sealed form it was made for, where it has one; kept from the first copy on. */
  markHandedOver(id: number, fence: number, now: number, variant?: Uint8Array | null): Promise<boolean>
  /** Guarded by the fence; true when the row changed. */
  settle(id: number, fence: number, settlement: Settlement, now: number): Promise<boolean>
  /** Leases that ran out after their dot become `unconfirmed`, to be resent once at `dueAt`. Returns those rows. */
  expireHandovers(now: number, dueAt: number): Promise<readonly Delivery[]>
  /** Gives back, at once, the leases of holders that are known to be dead. */
  releaseOwners(owners: readonly string[], now: number): Promise<number>
  /** Who holds leases now. */
  owners(): Promise<readonly string[]>
  /** Moves a row that is still waiting; false when it is not `planned` or `deferred`. */
  postpone(id: number, dueAt: number): Promise<boolean>
  /** Whether the enrolment takes mail of this kind and the address is not suppressed. */
  mayBeSent(id: number): Promise<boolean>
  /** Cancels one row that is still waiting; false when it is not `planned` or `deferred`. Calls off an unconfirmed row's copy. */
  cancelWaiting(id: number, reason: string, now: number): Promise<boolean>
  /** A lesson of this enrolment, other than `exceptId`, that had its dot within the window. */
  sentWithin(enrolmentId: number, exceptId: number, window: Window): Promise<boolean>
  /** A lesson of an earlier day of this enrolment that is still to be sent, if any. */
  earlierPendingLesson(enrolmentId: number, day: number): Promise<Delivery | null>
  /** When these are due, ms UTC; unknown ids are left out. */
  dueTimes(ids: readonly number[]): Promise<ReadonlyMap<number, number>>
  /** Whether this database knows of the mark made under that fence, or of the row's erasure: false in an older copy. */
  hasReached(id: number, fence: number): Promise<boolean>
  /** Whatever was due until the instant becomes `unconfirmed` and waits for a person. Returns those rows. */
  presumeSent(until: number): Promise<readonly Delivery[]>
  /** `unconfirmed` rows, oldest first. */
  unconfirmed(limit: number): Promise<readonly Delivery[]>
  /** A person's word on an `unconfirmed` row; false when it is not one, or is to be sent to somebody who takes no mail. */
  decide(id: number, word: 'arrived' | 'send-again', now: number): Promise<boolean>
  /** Cancels every live row of the enrolment, for `reason`; a row past its dot keeps its state. Returns how many. */
  cancelEnrolment(enrolmentId: number, now: number, reason?: string): Promise<number>
  /** Cancels the live check-ins of the enrolment. Returns how many. */
  cancelCheckIns(enrolmentId: number, now: number, reason?: string): Promise<number>
  /** `cancelled` rows of a stopped enrolment become `planned` again. */
  replan(id: number, dueAt: number): Promise<boolean>
  /** Whether a message of this learner was refused for policy since the instant. */
  wasRefused(learnerId: number, since: number): Promise<boolean>
  /**
   * The message that is to probe a paused relay: it may be sent, goes out as email, and no message of its learner was refused
   * for policy since `refusedSince`. Of those due `now` the first of a confirmed learner, or else the first, or else the
   * first that is due at all until the instant; before all of those whose own sender was refused at their last try. Null for
   * none.
   */
  nextProbe(
    now: number,
    until: number,
    refusedSince: number,
  ): Promise<{ readonly id: number; readonly dueAt: number } | null>
  /** The newest policy refusals since the instant, at most `limit`. */
  refusals(since: number, limit: number): Promise<readonly Refusal[]>
}

export interface Progress {
  complete(enrolmentId: number, day: number, effort: Effort, now: number): Promise<void>
  ofEnrolment(enrolmentId: number): Promise<readonly DayProgress[]>
}

export interface AnswerKey {
  readonly enrolmentId: number
  readonly day: number
  /** Hash of the session that writes. */
  readonly session: string
}

export interface StoredAnswer {
  readonly field: string
  readonly version: number
  readonly sealed: Uint8Array
  readonly savedAt: number
}

/** `session` wrote it, and it opens under that session's key. */
export interface ReadableAnswer extends StoredAnswer {
  readonly session: string
  readonly kept: boolean
}

export interface AnswerStore {
  /** `by`: the kind of the session that writes. */
  put(key: AnswerKey, answer: StoredAnswer, by: SessionKind): Promise<void>
  /** Values another tab replaced; kept so that nothing acknowledged is lost. */
  keep(key: AnswerKey, answer: StoredAnswer): Promise<void>
  /** Everything written for this day, by one session or, with null, by any. Oldest first. */
  readable(enrolmentId: number, day: number, session: string | null): Promise<readonly ReadableAnswer[]>
  /** Of what this session replaced on this day the newest `most` stay. */
  trimKept(key: AnswerKey, most: number): Promise<void>
  /** How many other sessions wrote something for this day; own sessions are none of them. */
  countWriters(key: AnswerKey): Promise<number>
  /** Numbers for these texts, each kept once; in the order given. */
  saveFieldSnapshots(looks: readonly string[]): Promise<readonly number[]>
  /** The texts by their numbers. */
  looks(ids: readonly number[]): Promise<ReadonlyMap<number, string>>
  /** Whether any other session wrote something for this day. */
  writtenElsewhere(key: AnswerKey): Promise<boolean>
}

export interface Sessions {
  /** `hash` is SHA-256 of the cookie's value. Fails for one that is there already: no session is ever opened anew. */
  open(row: { hash: string; learnerId: number; kind: SessionKind; now: number }): Promise<void>
  /** Also one that is over by age or idleness; flow/security/sessions.ts looks. Null once it was ended. */
  find(hash: string, learnerId: number): Promise<Session | null>
  touch(hash: string, learnerId: number, now: number): Promise<void>
  end(hash: string): Promise<void>
  endOthers(learnerId: number, kind: SessionKind, except: string): Promise<void>
  /** Ends all of this kind but the `most` used last. */
  endAllBut(learnerId: number, kind: SessionKind, most: number): Promise<void>
  /** Deletes what is over by age and by idleness, of each `limit` rows at most; returns the larger number. Instants ms UTC. */
  forget(over: { openedBefore: number; usedBefore: number }, limit: number): Promise<number>
}

/** What a link of an email was asked for; the person lands there once it has opened. */
export const LINK_GOALS = ['days', 'settings', 'start', 'word', 'erase'] as const
export type LinkGoal = (typeof LINK_GOALS)[number]

export interface EmailedLink {
  readonly learnerId: number
  /** The day of the page on which it was asked for; null for none. */
  readonly day: number | null
  readonly goal: LinkGoal
  readonly isUsed: boolean
  /** Reading words tried with it. */
  readonly tries: number
}

/** Links of emails that open something, once; each belongs to the delivery that brings it. */
export interface EmailedLinks {
  add(row: { deliveryId: number; learnerId: number; day: number | null; goal: LinkGoal; now: number }): Promise<void>
  find(deliveryId: number): Promise<EmailedLink | null>
  /** True for exactly one caller. */
  use(deliveryId: number, now: number): Promise<boolean>
  /**
   * Counts a try; false when it was used, or as many were counted already as this link may have, or all of the learner's
   * made since the instant. However many come at once, no more are counted.
   */
  countTry(deliveryId: number, most: { ofLink: number; ofAll: number; since: number }): Promise<boolean>
  /** Of all links of this learner made since the instant. */
  triesSince(learnerId: number, since: number): Promise<number>
  /** Deletes those made before the instant, `limit` rows at most; returns how many. */
  forget(before: number, limit: number): Promise<number>
}

/** Letters that wait to be shared. */
export interface Sharing {
  /** Notes the wish; a second time keeps the first instant. */
  ask(enrolmentId: number, day: number, now: number): Promise<void>
  askedAt(enrolmentId: number, day: number): Promise<number | null>
  /** Of one day, or with null of all. */
  forget(enrolmentId: number, day: number | null): Promise<void>
}

export interface Suppressions {
  /** No mail goes to this learner's address any more. Repeated, it changes nothing. */
  add(learnerId: number, reason: string, now: number): Promise<void>
  /** Whether no mail goes to this learner's address. */
  hasLearner(learnerId: number): Promise<boolean>
  /** The same by address key, for people who need not be known here. False when it was there. */
  addKey(row: SuppressedAddress): Promise<boolean>
  /** False when it was not there. */
  removeKey(addressKey: string): Promise<boolean>
  byKey(addressKey: string): Promise<SuppressedAddress | null>
  /** Oldest first. */
  all(): Promise<readonly SuppressedAddress[]>
}

/** Deliveries whose message could not be built, such as for a lesson that is too long. */
export interface UnbuiltMessages {
  /** `reason` says nothing about the learner. Again: the latest reason and time stay. */
  note(deliveryId: number, reason: string, now: number): Promise<void>
  /** It was built after all. */
  forget(deliveryId: number): Promise<void>
  /** How many for which reason, most first. */
  since(at: number): Promise<readonly { readonly reason: string; readonly count: number }[]>
  /** Plans for now those noted at or after `since` that failed, unless a later lesson has gone out. How many. */
  replanFailed(since: number, now: number): Promise<number>
}

/** When something last happened anywhere, across processes. */
export type Heartbeat = 'sweep' | 'claim' | 'probe' | 'rewrite'

export interface Heartbeats {
  beat(name: Heartbeat, now: number): Promise<void>
  last(name: Heartbeat): Promise<number | null>
}

/** Whether mail may go out at all. `paused` lets one probe through at `probeAt`, or none while that is null; `held` waits for a person. */
export interface SendingStatus {
  readonly state: 'open' | 'paused' | 'held'
  readonly reason: string
  readonly since: number
  readonly probeAt: number | null
  /** Attempts in a row, across workers, at which the relay could not be reached or refused the sender. */
  readonly failures: number
  /** The first policy refusal since the relay last accepted a message, ms UTC; null when none came since. */
  readonly refusedSince: number | null
  /** What the last pause came from; null before there was one. */
  readonly cause: PauseCause | null
}

/** A relay that is away or refuses the sender; one that refuses every recipient; reports of recipients' servers. */
export type PauseCause = 'relay' | 'refusals' | 'reports'

export interface SendingState {
  status(): Promise<SendingStatus>
  /** True for exactly one caller once `probeAt` is reached; the next probe is then at `nextProbeAt`. */
  takeProbe(now: number, nextProbeAt: number): Promise<boolean>
  /** Counts a failure and returns how many in a row. */
  countFailure(): Promise<number>
  clearFailures(): Promise<void>
  /** Notes a policy refusal; a first one since the last acceptance begins the count. */
  recordRefusal(now: number): Promise<void>
  /** The relay accepted a message. */
  clearRefusals(): Promise<void>
  /** Moves the next probe; false when it was not at `from`. */
  moveProbe(from: number, to: number): Promise<boolean>
  /** False when it was paused or held already. */
  pause(reason: string, cause: PauseCause, now: number, probeAt: number): Promise<boolean>
  /** Pauses without probes, until a person resumes; false when it was paused so, or held, already. */
  pauseForPerson(reason: string, now: number): Promise<boolean>
  hold(reason: string, now: number): Promise<void>
  /** Opens it from the given state; false when it was in another. */
  open(from: 'paused' | 'held', now: number): Promise<boolean>
}
