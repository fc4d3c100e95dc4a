import type { AssessmentQuestion, AssessmentResult } from '../core/assessment/assessment.ts'
import type { StartingPoint } from '../core/assessment/starting-point.ts'
import type { Course, Effort, Lesson } from '../core/course/course.ts'
import type { Answer, Answers } from '../core/course/fields/field-definition.ts'
import type { Field } from '../core/course/fields/field-types.ts'
import type { Written } from '../core/exercise/former-answers.ts'
import type { EnrolmentState, Variant } from '../core/model.ts'
import type { Session } from '../core/security/session.ts'

/** What flows return to the web layer: domain types and instants, no HTML and no HTTP. */

export interface SignUpInput {
  readonly course: string
  readonly email: string
  readonly name: string
  readonly timeZone: string
  readonly hour: number
  readonly discreet: boolean
  readonly webOnly: boolean
  readonly shortEmails: boolean
  /** As chosen in the form; a starting point brings its own. */
  readonly track: string | null
  readonly overlays: readonly string[]
  /** From the outcome of a self-assessment; null for people who took none, or wanted nothing of it kept. */
  readonly start: StartingPoint | null
}

export interface ConfirmationView {
  readonly state: 'open' | 'confirmed'
  /** A course that was stopped goes on where it was; any other begins at once. */
  readonly resumes: boolean
  /** Web only: the page opens on this click. */
  readonly webOnly: boolean
  readonly course: Course
  readonly discreet: boolean
}

export interface Confirmed {
  /** This click started the course, so its first lesson is due now. */
  readonly begins: boolean
  readonly course: Course
  readonly discreet: boolean
  /** The secret of the own session to set as the cookie; null where none was opened. */
  readonly session: string | null
  readonly week: WeekView
}

export interface WeekDay {
  readonly day: number
  readonly title: string
  /** `open`: sent and not completed; `coming`: planned; `held`: cancelled, failed or waiting without a time. */
  readonly state: 'done' | 'open' | 'coming' | 'held'
  readonly effort: Effort | null
  /** Path of the lesson page; null while the day is closed. */
  readonly path: string | null
  /** When it comes, ms UTC, for `coming`. */
  readonly dueAt: number | null
}

export interface WeekView {
  readonly state: EnrolmentState
  readonly timeZone: string
  readonly hour: number
  readonly days: readonly WeekDay[]
  /** The next lesson, ms UTC; null when none is to come. */
  readonly nextAt: number | null
}

/** One text of a field, and where it comes from. */
export interface WrittenText {
  readonly value: Answer
  /** When it was saved, ms UTC. */
  readonly savedAt: number
  /** Not this session wrote it. */
  readonly elsewhere: boolean
}

export interface FieldState extends WrittenText {
  readonly version: number
  /** Other texts for the same field, oldest first: of another tab, or of another device. */
  readonly kept: readonly WrittenText[]
}

export interface LessonView {
  readonly course: Course
  readonly lesson: Lesson
  readonly variant: Variant
  readonly discreet: boolean
  readonly name: string
  readonly effort: Effort | null
  /** By field id; only what this session wrote. */
  readonly fields: Readonly<Record<string, FieldState>>
  /** The same and what it replaced, as it looked then, oldest first; empty for a day that stands in for another. */
  readonly written: readonly Written[]
  /** Earlier days' answers of this session that `repeat` fields show, by day then field. */
  readonly earlier: Readonly<Record<number, Answers>>
  /** Someone wrote here before, from another session: say so, show nothing. */
  readonly writtenElsewhere: boolean
  /** Everyone is offered the whole assessment again on this day. */
  readonly offersRecheck: boolean
  /** This session may read what every other session of the learner wrote. */
  readonly readsAll: boolean
  /** An email with a link to read back may be requested. */
  readonly mayAskToRead: boolean
  /** Whether the shared form of a letter exists for this learner. */
  readonly mayShare: boolean
  /** Present on a weekly check-in, which has a lesson's shape. */
  readonly checkIn: CheckInView | null
  readonly week: WeekView
  readonly token: string
  readonly stopToken: string
}

export interface CheckInView {
  readonly week: number
  readonly weeks: number
  /** Questions of the assessment, asked once more in the words of this learner's track. Answers are not kept. */
  readonly questions: readonly AssessmentQuestion[]
  /** What the course says when weeks go badly, Markdown; only where the answers show it. */
  readonly says: readonly string[]
}

/** Shown instead of the lesson when its day has not been sent. */
export interface ClosedDayView {
  readonly course: Course
  readonly discreet: boolean
  readonly day: number
  readonly week: WeekView
}

export interface ClosingView {
  readonly course: Course
  /** As it was sent to this learner, or what stands in its place. */
  readonly closing: Course['closing']
  readonly variant: Variant
  readonly discreet: boolean
  readonly name: string
  readonly week: WeekView
  readonly stopToken: string
}

/** All that a page tells without an own session where emails are short: the same for each day and each learner. */
export interface NeutralView {
  readonly course: Course
  readonly discreet: boolean
  readonly webOnly: boolean
  readonly token: string
  readonly stopToken: string
}

export type PageView =
  | { readonly page: 'lesson'; readonly view: LessonView }
  | { readonly page: 'closed'; readonly view: ClosedDayView }
  | { readonly page: 'closing'; readonly view: ClosingView }

export interface SaveInput {
  /** Every field of the day, for whichever reader: an answer remembers how its own looked. */
  readonly fields: readonly Field[]
  readonly answers: Answers
  /** The version each given field had when the page was made; 0 for none. A field left out is not touched. */
  readonly base: Readonly<Record<string, number>>
  /** Present when the learner completes the day. */
  readonly effort: Effort | null
}

export interface Saved {
  /** The session that wrote; null where there was none and nothing to write. */
  readonly writer: Session | null
  /** The secret to set as the cookie: of a new session, and null where there was one, or nothing to write. */
  readonly newSession: string | null
  readonly versions: Readonly<Record<string, number>>
  /** Fields where another tab had saved something else meanwhile; both are kept. */
  readonly conflicts: readonly string[]
  /** Requirements of the chosen form that are not met, as field ids; the day is completed all the same only when empty. */
  readonly missing: readonly string[]
  readonly completed: boolean
}

export interface StopView {
  readonly course: Course
  readonly discreet: boolean
  /** `pending`: a sign-up that nobody has confirmed. */
  readonly state: EnrolmentState | 'pending'
  /** What the click stops: everything, the weekly check-ins alone, or an unconfirmed sign-up. */
  readonly what: 'all' | 'check-ins' | 'sign-up'
  /** Whether any course was ever joined with this address. */
  readonly hasCourse: boolean
  /** Nothing is sent to this person on request, because they said stop, here or elsewhere. */
  readonly isQuiet: boolean
  readonly nextAt: number | null
  readonly timeZone: string
}

export interface LearnerSettings {
  /** IANA. */
  readonly timeZone: string
  /** 0 to 23, local. */
  readonly hour: number
  readonly discreet: boolean
  readonly webOnly: boolean
  readonly shortEmails: boolean
  readonly track: string | null
  readonly overlays: readonly string[]
  /** Whether the weekly check-ins come. */
  readonly checkIns: boolean
}

export interface SettingsView {
  readonly course: Course
  readonly discreet: boolean
  readonly week: WeekView
  readonly settings: LearnerSettings
  /** The course has check-ins that may still come. */
  readonly hasCheckIns: boolean
  /** Track and overlays may be shown: this browser holds an own session. */
  readonly isOwn: boolean
  /** They, short emails and the reading word may be changed: it is a fresh one. */
  readonly isFresh: boolean
  /** Said in a fresh own session alone. */
  readonly hasReadingWord: boolean
  readonly token: string
  readonly stopToken: string
}

/** One day's writing, ready to be shown or saved. Every text is the learner's own. */
export interface NotesView {
  readonly course: Course
  readonly discreet: boolean
  readonly lesson: Lesson
  readonly variant: Variant
  readonly token: string
  readonly answers: Answers
  /** As in a lesson. */
  readonly written: readonly Written[]
  readonly earlier: Readonly<Record<number, Answers>>
  /** By field: its newest text, and the older ones, from another tab or device, that differ. */
  readonly texts: Readonly<Record<string, FieldState>>
  /** IANA; dates are the learner's own. */
  readonly timeZone: string
}

export interface SharingView {
  readonly course: Course
  readonly discreet: boolean
  readonly day: number
  readonly token: string
  /** `ask`: the question comes first; `waiting` until `readyAt`; `ready` to print or save. */
  readonly state: 'ask' | 'waiting' | 'ready'
  /** ms UTC; null before it was asked for. */
  readonly readyAt: number | null
  readonly timeZone: string
  /** The course's own question before sharing; null where the course has none. */
  readonly question: AssessmentQuestion | null
  readonly variant: Variant
}

/** What came of answering a question again: never the answer itself. */
export interface RecheckResult {
  readonly course: Course
  readonly discreet: boolean
  readonly token: string
  readonly result: AssessmentResult
}
