import type { Problem } from '../errors.ts'

/** The types of a course's self-assessment (docs/course-format-assessment.md). Nothing here knows a course. */

/** How much of the course a route leaves: everything, its first day until asked again, or nothing but care pages. */
export const ACCESS = ['open', 'first-day', 'paused'] as const
export type Access = (typeof ACCESS)[number]

/** Parts of a course a route can switch off: the letters' shared form, sheets for two, letters as a whole. */
export const FEATURES = ['sharing', 'sheets', 'letters'] as const
export type Feature = (typeof FEATURES)[number]

/** The value that stands for "prefer not to say"; no option may have this id. */
export const PREFER_NOT = 'prefer-not'

/** The audience name of a reader without a track. */
export const NO_TRACK = 'common'

/** Option ids: one, or several for a question of many. A missing question was not answered. */
export type AssessmentAnswers = Readonly<Record<string, string | readonly string[]>>

/** All given parts must hold; within one part, any of its values suffices. */
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
  /** Null: always. */
  readonly when: Condition | null
  readonly unless: Condition | null
}

export interface AssessmentOption {
  readonly id: string
  readonly label: string
  /** Ticking another option of a question of many sets this one aside ("none of these"). */
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
  /** Option id to label; an option not named keeps its own. */
  readonly options: Readonly<Record<string, string>>
}

export interface AssessmentQuestion {
  readonly id: string
  readonly text: string
  readonly help: string
  readonly many: boolean
  /** A safety question routes and never scores; its answers never leave the page. */
  readonly safety: boolean
  readonly preferNot: boolean
  /** Asked once more before a letter is shared. */
  readonly beforeSharing?: boolean
  /** The score its points count for, or null. */
  readonly score: string | null
  /** A follow-up is asked only after one of these answers to an earlier question. */
  readonly after: { readonly question: string; readonly options: readonly string[] } | null
  /** Asked only of readers on these tracks (or without one); left out: of everyone. */
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

/** Ask the question again: so many days later, or in the check-in of that week. */
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
  /** The page shown instead of `page` when one of these routes applies too. */
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
  /** In the order they are shown: the first comes first. */
  readonly routes: readonly Route[]
  readonly outcome: {
    readonly line: readonly OutcomeText[]
    readonly insights: readonly OutcomeText[]
    readonly plan: readonly OutcomePlan[]
    readonly why: readonly OutcomeText[]
    /** Always shown, last. */
    readonly note: string
  }
}

/** What scoring gives. It holds no number: neither points nor a total ever reach a page. */
export interface AssessmentResult {
  /** Every route that applies, in the order to show them. */
  readonly routes: readonly Route[]
  /** The routes' pages in that order, each once. */
  readonly pages: readonly string[]
  readonly access: Access
  readonly off: readonly Feature[]
  readonly askAgain: readonly AskAgain[]
  /** Null: the common form. */
  readonly track: string | null
  readonly overlays: readonly string[]
  /** Score name to band id; a score with an unanswered question has none. */
  readonly bands: Readonly<Record<string, string>>
  readonly line: string
  readonly insights: readonly string[]
  readonly plan: readonly string[]
  readonly why: readonly string[]
  readonly note: string
  /** Whether line and plan may go into a mail: never when a safety answer shaped them or held the course back. */
  readonly mailable: boolean
}

/** What the rest of the course offers for the assessment to name. */
export interface CourseNames {
  readonly tracks: readonly string[]
  readonly overlays: readonly string[]
  readonly pages: readonly string[]
}

export type Parsed<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value: null; readonly problems: readonly Problem[] }
