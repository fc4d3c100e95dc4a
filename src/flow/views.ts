import type { Answer, Answers, Course, Effort, Lesson, Variant } from '../core/course.ts'
import type { EnrolmentState } from '../core/model.ts'
import type { StartingPoint } from '../core/starting-point.ts'

/** What flows hand to the web room: domain types and instants, no HTML and no HTTP. */

export interface SignUpInput {
  readonly course: string
  readonly email: string
  readonly name: string
  readonly timeZone: string
  readonly hour: number
  readonly discreet: boolean
  readonly webOnly: boolean
  readonly track: string | null
  readonly overlays: readonly string[]
  /** From the outcome of a self-assessment; null for people who took none, or wanted nothing of it kept. */
  readonly start: StartingPoint | null
}

export interface ConfirmationView {
  readonly state: 'open' | 'confirmed'
  readonly course: Course
  readonly discreet: boolean
}

export interface Confirmed {
  readonly course: Course
  readonly discreet: boolean
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

export interface FieldState {
  readonly value: Answer
  readonly version: number
  /** What another tab had saved before this value replaced it, oldest first. */
  readonly kept: readonly Answer[]
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
  /** Earlier days' answers of this session that `repeat` fields show, by day then field. */
  readonly earlier: Readonly<Record<number, Answers>>
  /** Someone wrote here before, from another session: say so, show nothing. */
  readonly writtenElsewhere: boolean
  readonly week: WeekView
  readonly token: string
  readonly stopToken: string
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
  readonly variant: Variant
  readonly discreet: boolean
  readonly name: string
  readonly week: WeekView
  readonly stopToken: string
}

export type PageView =
  | { readonly page: 'lesson'; readonly view: LessonView }
  | { readonly page: 'closed'; readonly view: ClosedDayView }
  | { readonly page: 'closing'; readonly view: ClosingView }

export interface SaveInput {
  readonly answers: Answers
  /** The version each given field had when the page was made; 0 for none. A field left out is not touched. */
  readonly base: Readonly<Record<string, number>>
  /** Present when the learner completes the day. */
  readonly effort: Effort | null
}

export interface Saved {
  /** The session's secret to set as the cookie: the one handed in, or a new one. */
  readonly session: string
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
  readonly nextAt: number | null
  readonly timeZone: string
}
