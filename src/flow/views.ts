import type { AssessmentQuestion, AssessmentResult } from '../core/assessment/assessment.ts'
import type { StartingPoint } from '../core/assessment/starting-point.ts'
import type { Course, Effort, Lesson } from '../core/course/course.ts'
import type { Answer, Answers } from '../core/course/fields/field-definition.ts'
import type { Field } from '../core/course/fields/field-types.ts'
import type { PauseDates } from '../core/enrolment/pause-dates.ts'
import type { Written } from '../core/exercise/former-answers.ts'
import type { EnrolmentState, Variant } from '../core/model.ts'
import type { Pace } from '../core/pace.ts'
import type { Session } from '../core/security/session.ts'

/** What flows return to the web layer: domain types and instants, without HTML or HTTP. */

export interface SignUpInput {
  readonly course: string
  readonly email: string
  readonly name: string
  readonly timeZone: string
  readonly hour: number
  readonly discreet: boolean
  readonly webOnly: boolean
  readonly shortEmails: boolean
  /** One of the languages of the course; null for its first one. */
  readonly language: string | null
  readonly pace: Pace
  /** 0 to 23, local; null for no reminder. */
  readonly reminderHour: number | null
  /** As chosen in the form. A starting point has its own. */
  readonly track: string | null
  readonly overlays: readonly string[]
  /** From the outcome of a self-assessment; null for people who took none or did not want it stored. */
  readonly start: StartingPoint | null
}

export interface ConfirmationView {
  readonly state: 'open' | 'confirmed'
  /** What became of the learner's last enrolment in this course, which this one may continue; null if there is none. */
  readonly former: EnrolmentState | null
  /** Web only: this click opens the page. */
  readonly webOnly: boolean
  readonly course: Course
  readonly discreet: boolean
}

export interface Confirmed {
  /** Whether this click started the course, so that its first lesson is due now. */
  readonly begins: boolean
  readonly course: Course
  readonly discreet: boolean
  /** The secret of the own session, to be set as the cookie; null if none was opened. */
  readonly session: string | null
  /** For people who read on the web only: how to find their courses again; otherwise null. */
  readonly recoveryCode: string | null
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
  /** When the email is due, ms UTC, for `coming`. */
  readonly dueAt: number | null
}

export interface WeekView {
  readonly state: EnrolmentState
  readonly timeZone: string
  readonly hour: number
  readonly days: readonly WeekDay[]
  /** When the next lesson is due, ms UTC; null if there is none. */
  readonly nextAt: number | null
}

/** One text of a field, with its origin. */
export interface WrittenText {
  readonly value: Answer
  /** When it was saved, ms UTC. */
  readonly savedAt: number
  /** Whether another session wrote it. */
  readonly elsewhere: boolean
}

export interface FieldState extends WrittenText {
  readonly version: number
  /** Other texts of the same field from another tab or device, oldest first. */
  readonly kept: readonly WrittenText[]
}

export interface LessonView {
  readonly course: Course
  readonly lesson: Lesson
  readonly variant: Variant
  readonly discreet: boolean
  readonly name: string
  readonly effort: Effort | null
  /** By field id; only what this session may read. */
  readonly fields: Readonly<Record<string, FieldState>>
  /** All texts including replaced ones, oldest first, each with the field as it was then. Empty for a replaced day. */
  readonly written: readonly Written[]
  /** Answers from earlier days that this session may read and `repeat` fields show, by day and field. */
  readonly earlier: Readonly<Record<number, Answers>>
  /** Another session has written here: the page says so without showing anything. */
  readonly writtenElsewhere: boolean
  /** Whether the whole assessment is offered again on this day, as it is to everyone. */
  readonly offersRecheck: boolean
  /** This session may read what every other session of the learner wrote. */
  readonly readsAll: boolean
  /** Whether the learner may request an email with a link that opens what was written. */
  readonly mayAskToRead: boolean
  /** Whether this learner may share the letter. */
  readonly mayShare: boolean
  /** At what local hour a reminder comes, null for none; left out where there can be none. */
  readonly reminder?: { readonly hour: number | null }
  /** Whether the day after this one can be opened now. */
  readonly mayOpenNext: boolean
  /** Set on a weekly check-in, which is shown like a lesson. */
  readonly checkIn: CheckInView | null
  readonly week: WeekView
  readonly token: string
  readonly stopToken: string
}

export interface CheckInView {
  readonly week: number
  readonly weeks: number
  /** Assessment questions that are asked again, in the wording of this learner's track. Answers are not stored. */
  readonly questions: readonly AssessmentQuestion[]
  /** What the course says after difficult weeks, Markdown; only if the answers call for it. */
  readonly says: readonly string[]
}

/** Shown instead of a lesson whose day has not been sent yet. */
export interface ClosedDayView {
  readonly course: Course
  readonly discreet: boolean
  readonly day: number
  readonly week: WeekView
}

export interface ClosingView {
  readonly course: Course
  /** As it was sent to this learner, or its replacement. */
  readonly closing: Course['closing']
  readonly variant: Variant
  readonly discreet: boolean
  readonly name: string
  readonly week: WeekView
  readonly token: string
  readonly stopToken: string
}

/** What a page shows without an own session if emails are short: the same for every day and learner. */
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
  /** Every field of the day. Each answer refers to a snapshot of its field. */
  readonly fields: readonly Field[]
  readonly answers: Answers
  /** The version of each given field when the page was rendered; 0 for none. A field left out is not changed. */
  readonly base: Readonly<Record<string, number>>
  /** Set if the learner completes the day. */
  readonly effort: Effort | null
}

export interface Saved {
  /** The session that wrote; null if there was none and nothing to write. */
  readonly writer: Session | null
  /** The secret of a new session, to be set as the cookie; null if none was opened. */
  readonly newSession: string | null
  readonly versions: Readonly<Record<string, number>>
  /** Fields for which another tab had saved a different text meanwhile; both are kept. */
  readonly conflicts: readonly string[]
  /** Unmet requirements of the chosen effort, as field ids. The day is only completed if there are none. */
  readonly missing: readonly string[]
  readonly completed: boolean
}

export interface StopView {
  readonly course: Course
  readonly discreet: boolean
  /** `pending`: a sign-up that has not been confirmed. */
  readonly state: EnrolmentState | 'pending'
  /** What the click stops: everything, only the weekly check-ins, or an unconfirmed sign-up. */
  readonly what: 'all' | 'check-ins' | 'sign-up'
  /** Whether a course was ever joined with this address. */
  readonly hasCourse: boolean
  /** Whether nothing is sent to this person on request, because they asked to stop, here or elsewhere. */
  readonly isQuiet: boolean
  /** The learner has begun this course anew since, so this round cannot go on. */
  readonly hasNewRound: boolean
  readonly nextAt: number | null
  readonly timeZone: string
  /** What can be had instead of a stop; null if the link stops something other than a course that is running. */
  readonly instead: { readonly pace: Pace; readonly webOnly: boolean; readonly pauseDates: PauseDates } | null
}

export interface LearnerSettings {
  /** As emails greet; empty for none. */
  readonly name: string
  /** IANA. */
  readonly timeZone: string
  /** 0 to 23, local. */
  readonly hour: number
  readonly discreet: boolean
  readonly webOnly: boolean
  readonly shortEmails: boolean
  readonly track: string | null
  readonly overlays: readonly string[]
  /** Whether weekly check-ins are sent. */
  readonly checkIns: boolean
  /** One of the languages of the course; null for its first one. */
  readonly language: string | null
  readonly pace: Pace
  /** 0 to 23, local; null for no reminder. */
  readonly reminderHour: number | null
}

export interface SettingsView {
  readonly course: Course
  readonly discreet: boolean
  readonly week: WeekView
  readonly settings: LearnerSettings
  /** Whether the course has check-ins that may still be sent. */
  readonly hasCheckIns: boolean
  /** Whether track and overlays may be shown, because this browser has an own session. */
  readonly isOwn: boolean
  /** Whether these, short emails and the reading word may be changed, because that session is fresh. */
  readonly isFresh: boolean
  /** Only set in a fresh own session. */
  /** For people who read on the web only, in a fresh own session; otherwise null. `mails`: an email may bring a link. */
  readonly recovery: { readonly code: string | null; readonly mails: boolean } | null
  readonly hasReadingWord: boolean
  /** Null if the course cannot be paused. */
  readonly pauseDates: PauseDates | null
  readonly token: string
  readonly stopToken: string
}

/** What was written on one day, to show or save. Every text is the learner's own. */
export interface NotesView {
  readonly course: Course
  readonly discreet: boolean
  readonly lesson: Lesson
  readonly variant: Variant
  readonly token: string
  readonly answers: Answers
  /** As in LessonView. */
  readonly written: readonly Written[]
  readonly earlier: Readonly<Record<number, Answers>>
  /** By field: its newest text, and older ones from another tab or device that differ. */
  readonly texts: Readonly<Record<string, FieldState>>
  /** IANA time zone, so that dates are the learner's local dates. */
  readonly timeZone: string
}

export interface SharingView {
  readonly course: Course
  readonly discreet: boolean
  readonly day: number
  readonly token: string
  /** `ask`: the question comes first; `waiting` until `readyAt`; `ready` to print or save. */
  readonly state: 'ask' | 'waiting' | 'ready'
  /** ms UTC; null before sharing was requested. */
  readonly readyAt: number | null
  readonly timeZone: string
  /** The course's own question before sharing; null if it has none. */
  readonly question: AssessmentQuestion | null
  readonly variant: Variant
}

/** The result of answering a question again; never contains the answer. */
export interface RecheckResult {
  readonly course: Course
  readonly discreet: boolean
  readonly token: string
  readonly result: AssessmentResult
}
