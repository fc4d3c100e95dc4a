import type { CourseQuestions } from '../question/course-questions.ts'
import type { CourseWords } from '../words.ts'
import type { Field } from './fields/field-types.ts'

/** The types of a course as parsed from its folder (docs/course-format.md). For parsing see parse/. */

/** `common` means readers without a track; other names are the course's own `audiences`. */
export type AudienceName = string

/** The author's Markdown, with the line where it starts in the file, for error messages. */
export interface SourceText {
  readonly markdown: string
  readonly file: string
  readonly line: number
}

/** Part of a body with its audiences. Empty `audiences`: for everyone. */
export interface Block {
  readonly audiences: readonly AudienceName[]
  readonly pageOnly: boolean
  /** Shown below the button in the email, and below the exercise on the page (`::: after`). */
  readonly after?: boolean
  readonly text: SourceText
}

export interface Audience {
  readonly name: AudienceName
  readonly title: string
  readonly summary: string
}

/**
 * What a course may offer to readers who must be careful, besides care pages and safety questions, which it has or has
 * not: a button that leaves the site at once, and the choice of discreet emails and pages.
 */
export const CARE_FEATURES = ['quick-exit', 'discreet'] as const
export type CareFeature = (typeof CARE_FEATURES)[number]

/** Who may read the whole library: everybody, or who takes or took the course. Others see how each piece begins. */
export const LIBRARY_ACCESS = ['open', 'members'] as const
export type LibraryAccess = (typeof LIBRARY_ACCESS)[number]

export interface Course {
  readonly name: string
  /** All languages in which the course exists, its first one at the front; left out if there is one. */
  readonly languages?: readonly string[]
  readonly title: string
  readonly tagline: string
  /** What a learner gains, as the headline of the start page; '' for none. */
  readonly headline: string
  /** Who wrote and who reviewed the course, as the start page says it; '' where the course does not say. */
  readonly writtenBy: string
  readonly reviewedBy: string
  /** Whether anybody may read the first lesson. */
  readonly showsFirstLesson: boolean
  /** Whether messengers may show title and headline of a shared link to the start page. */
  readonly linkPreview: boolean
  readonly library: LibraryAccess
  readonly mark: string
  readonly language: string
  /** How the site and its emails address the reader, in languages that tell a difference; formal if left out. */
  readonly address?: 'formal' | 'informal'
  readonly price: string
  readonly forWhom: readonly string[]
  readonly what: readonly string[]
  readonly stop: string
  readonly promise: string
  readonly disclaimer: string
  readonly privateAdvice: readonly string[]
  readonly consent: { readonly version: string; readonly text: string }
  /** Version of the lessons; days already sent keep theirs (`earlier`). */
  readonly version: string
  readonly sender: string
  readonly care: readonly CareFeature[]
  /** Sentences of the service that this course says in its own way. */
  readonly words?: CourseWords
  /**
   * Needed by every course: a learner who has chosen discreet mode gets discreet emails from then on, also from a course that
   * does not offer it.
   */
  readonly discreet: {
    readonly sender: string
    readonly title: string
    readonly subject: string
    readonly preheader: string
  }
  /** Null: the course takes no questions. */
  readonly questions: CourseQuestions | null
  /** 0 to 23, in the learner's own time zone. */
  readonly defaultHour: number
  readonly tracks: readonly Audience[]
  readonly overlays: readonly Audience[]
  /** In order; `lessons[0]` is day 1. */
  readonly lessons: readonly Lesson[]
  /**
   * The days before the closing email: as many as there are lessons, but for learners who began before the course got
   * longer or shorter (`withDays`).
   */
  readonly days: number
  readonly closing: Closing
  /** Earlier versions of the days, oldest first (`earlier/<version>/`). */
  readonly earlier?: readonly Edition[]
}

/** Cached, because the composer caches its templates by course object. */
const shortened = new WeakMap<Course, Map<number, Course>>()

/**
 * The course for somebody who began it when it had this many days; null: as many as it has. Lessons that were added
 * later are not theirs, and one that was removed is left out. The days after the lessons keep their positions.
 */
export function withDays(course: Course, days: number | null): Course {
  if (days === null || days === course.days) return course
  const known = shortened.get(course) ?? new Map<number, Course>()
  shortened.set(course, known)
  const found = known.get(days) ?? { ...course, days, lessons: course.lessons.filter(({ day }) => day <= days) }
  known.set(days, found)
  return found
}

/** The days of the course in an earlier version. */
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
  /** Its page begins with a link to the self-assessment. */
  readonly startingPoint?: boolean
  /** Reading suggestions in the library; the first entry for this reader is used. */
  readonly readOn?: readonly ReadOn[]
  readonly exercise: Exercise
}

/** An article's name or a question's id in the library. Empty `audiences`: for everyone. */
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
  /** Length of the writing timer in minutes; null: no timer. */
  readonly timer: number | null
  readonly mood: boolean
  readonly print: boolean
  readonly letter: boolean
  /** A printable sheet for two people who both take the course; Markdown. */
  readonly sheet?: string
  /** Tracks or overlays that are not offered the shared form of a letter (`no-share`). */
  readonly noShare?: readonly AudienceName[]
  readonly fields: readonly Field[]
  readonly complete: { readonly full: readonly Requirement[]; readonly small: readonly Requirement[] }
}

/** How a learner does a day's exercise; each of them completes the day. */
export type Effort = 'full' | 'small' | 'not-today'
export const EFFORTS: readonly Effort[] = ['full', 'small', 'not-today']

export type Requirement =
  | { readonly kind: 'field'; readonly field: string; readonly atLeast: number }
  | { readonly kind: 'any'; readonly fields: readonly string[] }

/**
 * Whether a browser that comes to the library from a page behind a lesson link is given a pass: to read all of one for members, or
 * to ask there what the library does not answer.
 */
export function givesLibraryPass({ library, questions }: Pick<Course, 'library' | 'questions'>): boolean {
  return library !== 'open' || questions !== null
}
