import type { Problem } from '../errors.ts'

/** The types of a course's self-assessment (docs/course-format-assessment.md), independent of any course. */

/**
 * How much of the course a route allows: all of it, the first day until the question is asked again, or care pages
 * only.
 */
export const ACCESS = ['open', 'first-day', 'paused'] as const
export type Access = (typeof ACCESS)[number]

/** Features that a route can disable: the shared form of letters, sheets for two, or letters altogether. */
export const FEATURES = ['sharing', 'sheets', 'letters'] as const
export type Feature = (typeof FEATURES)[number]

/** The value that stands for "prefer not to say"; no option may have this id. */
export const PREFER_NOT = 'prefer-not'

/** The audience name of readers without a track. */
export const NO_TRACK = 'common'

/** One option id, or several for a question with `many`. Unanswered questions are missing. */
export type AssessmentAnswers = Readonly<Record<string, string | readonly string[]>>

/** Every given part must match; a part matches if any of its values does. */
export interface Condition {
  readonly track: readonly string[]
  readonly overlay: readonly string[]
  readonly route: readonly string[]
  /** Score name to band ids. */
  readonly band: Readonly<Record<string, readonly string[]>>
  /** Question id to option ids. */
  readonly answer: Readonly<Record<string, readonly string[]>>
}

export interface Guarded {
  /** Null: no condition. */
  readonly when: Condition | null
  readonly unless: Condition | null
}

export interface AssessmentOption {
  readonly id: string
  readonly label: string
  /** For a question with `many`: deselected when another option is ticked ("none of these"). */
  readonly alone: boolean
  readonly routes: readonly string[]
  readonly track: string | null
  readonly overlays: readonly string[]
  readonly points: number
}

export interface Wording {
  readonly tracks: readonly string[]
  readonly text: string
  readonly help: string
  /** Option id to label; options that are not named keep their own label. */
  readonly options: Readonly<Record<string, string>>
}

export interface AssessmentQuestion {
  readonly id: string
  readonly text: string
  readonly help: string
  readonly many: boolean
  /** A safety question leads to routes and never scores; its answers are not stored or sent anywhere. */
  readonly safety: boolean
  readonly preferNot: boolean
  /** Asked again before a letter is shared. */
  readonly beforeSharing?: boolean
  /** The score that its points count towards, or null. */
  readonly score: string | null
  /** A follow-up question is asked only after one of these answers to an earlier question. */
  readonly after: { readonly question: string; readonly options: readonly string[] } | null
  /** Asked only on these tracks (`common`: without one). Undefined: on all of them. */
  readonly tracks?: readonly string[]
  readonly wordings: readonly Wording[]
  readonly options: readonly AssessmentOption[]
}

export interface Band {
  readonly id: string
  readonly from: number
  readonly to: number
  readonly overlays: readonly string[]
}

export interface Score {
  readonly name: string
  readonly bands: readonly Band[]
}

/** Ask the question again this many days later, or in the check-in of this week. */
export interface AskAgain {
  readonly question: string
  readonly days: number | null
  readonly checkIn: number | null
}

export interface Route {
  readonly id: string
  readonly title: string
  /** Name of a file in the course's pages folder, without `.md`. */
  readonly page: string
  /** Shown instead of `page` if one of these routes applies as well. */
  readonly beside?: { readonly routes: readonly string[]; readonly page: string }
  readonly access: Access
  readonly off: readonly Feature[]
  readonly askAgain: AskAgain | null
}

export type OutcomeText = Guarded & { readonly text: string }
export type OutcomePlan = Guarded & { readonly steps: readonly string[] }

export interface Assessment {
  readonly title: string
  readonly minutes: number
  readonly intro: string
  readonly preferNot: { readonly label: string; readonly routes: readonly string[] }
  readonly questions: readonly AssessmentQuestion[]
  readonly scores: readonly Score[]
  /** In display order. */
  readonly routes: readonly Route[]
  readonly outcome: {
    readonly line: readonly OutcomeText[]
    readonly insights: readonly OutcomeText[]
    readonly plan: readonly OutcomePlan[]
    readonly why: readonly OutcomeText[]
    /** Always shown, at the end. */
    readonly note: string
  }
}

/** The result of scoring. Contains no numbers: points and totals are never shown. */
export interface AssessmentResult {
  /** All routes that apply, in display order. */
  readonly routes: readonly Route[]
  /** The pages of the routes, in that order, without duplicates. */
  readonly pages: readonly string[]
  readonly access: Access
  readonly off: readonly Feature[]
  readonly askAgain: readonly AskAgain[]
  /** Null: no track. */
  readonly track: string | null
  readonly overlays: readonly string[]
  /** Score name to band id; scores with an unanswered question are left out. */
  readonly bands: Readonly<Record<string, string>>
  readonly line: string
  readonly insights: readonly string[]
  readonly plan: readonly string[]
  readonly why: readonly string[]
  readonly note: string
  /** Whether line and plan may be emailed: not if a safety answer affected them or restricted the course. */
  readonly mailable: boolean
}

/** Names defined elsewhere in the course that the assessment can refer to. */
export interface CourseNames {
  readonly tracks: readonly string[]
  readonly overlays: readonly string[]
  readonly pages: readonly string[]
}

export type Parsed<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value: null; readonly problems: readonly Problem[] }
