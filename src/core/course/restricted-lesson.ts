import { accessOf, disabledFeatures, type StartingPoint } from '../assessment/starting-point.ts'
import { withPageLinks } from './care-page.ts'
import type { Course, Exercise, Lesson } from './course.ts'
import type { CourseResources } from './parse/parse-resources.ts'
import { GROUNDING, publicPagePath } from './public-pages.ts'
import { type ReplacementPage, replacementFor } from './replacement-pages.ts'

/** The learner's starting point, and the course's resources for restrictions. */
export interface RestrictionContext {
  readonly course: Pick<Course, 'name' | 'days'>
  readonly resources: Pick<CourseResources, 'pages' | 'replacementPages'>
  readonly start: StartingPoint
  /** The time to evaluate (ms UTC); restrictions changed since then do not apply yet. */
  readonly at: number
}

/**
 * Whether restrictions apply to this day or check-in: the whole course, all but its first day, letters, or a page that
 * has a replacement.
 */
export function isHeldBack(lesson: Lesson, context: RestrictionContext): boolean {
  const access = accessOf(context.start, context.at)
  if (access === 'paused' || (access === 'first-day' && lesson.day > 1)) return true
  if (lesson.exercise.letter && disabledFeatures(context.start, context.at).includes('letters')) return true
  const replacement = replacementOf(lesson, context)
  // A general page only replaces days that are restricted anyway; one for a particular day, or for check-ins, restricts
  // it.
  return replacement !== null && (replacement.number !== null || replacement.kind === 'week')
}

/**
 * The lesson or check-in as this learner gets it. A restricted one is replaced by another ordinary page that any form
 * completes, because a lock would reveal the answers to anybody looking at the screen. Applies to the learner's own
 * session only: with a mere link, the course is shown without any starting point.
 */
export function lessonAsRestricted(lesson: Lesson, context: RestrictionContext): Lesson {
  const { course, resources, start, at } = context
  const page = resources.pages.find(({ name }) => name === GROUNDING.name)
  if (!isHeldBack(lesson, context) || page === undefined)
    return disabledFeatures(start, at).includes('sheets')
      ? { ...lesson, exercise: withoutSheet(lesson.exercise) }
      : lesson
  const shown = replacementOf(lesson, context) ?? {
    title: page.title,
    file: page.file,
    markdown: `${page.lead}\n\n${page.rest}`,
  }
  const exercise: Exercise = {
    ...withoutSheet(lesson.exercise),
    title: shown.title,
    intro: '',
    timer: null,
    print: false,
    letter: false,
    fields: [],
    complete: { full: [], small: [] },
  }
  const text = { markdown: linked(shown.markdown, course.name), file: shown.file, line: 1 }
  const { readOn: _, startingPoint: __, ...rest } = lesson
  return { ...rest, title: shown.title, goal: '', body: [{ audiences: [], pageOnly: false, text }], exercise }
}

/** The closing page in the learner's own session; it must not claim that restricted days were done. */
export function closingAsRestricted(
  closing: Course['closing'],
  { course, resources, start, at }: RestrictionContext,
): Course['closing'] {
  const replacement = replacementFor(resources.replacementPages, { start, at }, { kind: 'closing', number: null })
  if (replacement === null) return closing
  const text = { markdown: linked(replacement.markdown, course.name), file: replacement.file, line: 1 }
  return { ...closing, title: replacement.title, body: [{ audiences: [], pageOnly: false, text }] }
}

function replacementOf({ day }: Lesson, { course, resources, start, at }: RestrictionContext): ReplacementPage | null {
  const week = day - course.days - 1
  return replacementFor(
    resources.replacementPages,
    { start, at },
    week > 0 ? { kind: 'week', number: week } : { kind: 'day', number: day },
  )
}

/** Always with discreet addresses, which suit every reader. */
function linked(markdown: string, course: string): string {
  return withPageLinks(markdown, (name) => publicPagePath(course, { kind: 'page', name }, true))
}

function withoutSheet({ sheet: _, ...exercise }: Exercise): Exercise {
  return exercise
}
