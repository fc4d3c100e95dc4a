import type { Field } from './fields/field-types.ts'

/** The types of a course as read from its folder (docs/course-format.md). Parsing: parse-course.ts and its neighbours. */

/** `common` is a reader without a track; other names come from the course's own `audiences`. */
export type AudienceName = string

/** Markdown as the author wrote it, with the line its text starts on for error messages. */
export interface SourceText {
  readonly markdown: string
  readonly file: string
  readonly line: number
}

/** A piece of a body: for whom, and where it stands. An empty `audiences` is for everyone. */
export interface Block {
  readonly audiences: readonly AudienceName[]
  readonly pageOnly: boolean
  /** Stands below the button in the mail, and below the exercise on the page (`::: after`). */
  readonly after?: boolean
  readonly text: SourceText
}

export interface Audience {
  readonly name: AudienceName
  readonly title: string
  readonly summary: string
}

export interface Course {
  readonly name: string
  readonly title: string
  readonly tagline: string
  readonly mark: string
  readonly language: string
  readonly price: string
  readonly forWhom: readonly string[]
  readonly what: readonly string[]
  readonly stop: string
  readonly promise: string
  readonly disclaimer: string
  readonly privateAdvice: readonly string[]
  readonly consent: { readonly version: string; readonly text: string }
  /** Which version of the lessons these are; what was sent of another one stays as it was (`earlier`). */
  readonly version: string
  readonly sender: string
  readonly discreet: {
    readonly sender: string
    readonly title: string
    readonly subject: string
    readonly preheader: string
  }
  /** 0 to 23, in the learner's own time zone. */
  readonly defaultHour: number
  readonly tracks: readonly Audience[]
  readonly overlays: readonly Audience[]
  /** In order; `lessons[0]` is day 1. As many as the folder holds. */
  readonly lessons: readonly Lesson[]
  readonly closing: Closing
  /** What days were before the course was rewritten, oldest first (`earlier/<version>/`). */
  readonly earlier?: readonly Edition[]
}

/** The days of the course as an earlier version had them. */
export interface Edition {
  readonly version: string
  readonly lessons: readonly Lesson[]
  readonly closing: Closing
}

export interface Lesson {
  readonly day: number
  readonly file: string
  readonly title: string
  readonly subject: string
  readonly preheader: string
  readonly discreetSubject: string
  readonly minutes: number
  readonly goal: string
  readonly body: readonly Block[]
  /** Its page leads with the way to the self-assessment. */
  readonly startingPoint?: boolean
  /** What to read on in the library; the first entry that is for the reader counts. */
  readonly readOn?: readonly ReadOn[]
  readonly exercise: Exercise
}

/** A piece of the library: an article's name or a question's id. An empty `audiences` is for everyone. */
export interface ReadOn {
  readonly piece: string
  readonly audiences: readonly AudienceName[]
}

export interface Closing {
  readonly file: string
  readonly title: string
  readonly subject: string
  readonly preheader: string
  readonly discreetSubject: string
  readonly body: readonly Block[]
}

export interface Exercise {
  readonly title: string
  readonly intro: string
  readonly minutes: number
  /** Length of the writing timer in minutes, or null. */
  readonly timer: number | null
  readonly mood: boolean
  readonly print: boolean
  readonly letter: boolean
  /** A sheet for two people who both take the course, to be printed; Markdown. */
  readonly sheet?: string
  /** Tracks or overlays never offered the share version of a letter (`no-share`). */
  readonly noShare?: readonly AudienceName[]
  readonly fields: readonly Field[]
  readonly complete: { readonly full: readonly Requirement[]; readonly small: readonly Requirement[] }
}

/** How a learner finishes a day; all three complete it. */
export type Effort = 'full' | 'small' | 'not-today'
export const EFFORTS: readonly Effort[] = ['full', 'small', 'not-today']

export type Requirement =
  | { readonly kind: 'field'; readonly field: string; readonly atLeast: number }
  | { readonly kind: 'any'; readonly fields: readonly string[] }
