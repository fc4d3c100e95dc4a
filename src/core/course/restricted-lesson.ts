import { accessOf, disabledFeatures, type StartingPoint } from '../assessment/starting-point.ts'
import { withPageLinks } from './care-page.ts'
import type { Course, Exercise, Lesson } from './course.ts'
import type { CourseResources } from './parse/parse-resources.ts'
import { GROUNDING, publicPagePath } from './public-pages.ts'
import { type ReplacementPage, replacementFor } from './replacement-pages.ts'

/** Whose restrictions, and what of the course's files speaks of them. */
export interface RestrictionContext {
  readonly course: Pick<Course, 'name' | 'lessons'>
  readonly resources: Pick<CourseResources, 'pages' | 'replacementPages'>
  readonly start: StartingPoint
  /** Of what instant, in ms UTC: what was changed since holds from then on. */
  readonly at: number
}

/**
 * Whether the starting point holds this day or check-in back: the whole course, all but its first day, a letter, or a page
 * that the course has a stand-in for.
 */
export function isHeldBack(lesson: Lesson, context: RestrictionContext): boolean {
  const access = accessOf(context.start, context.at)
  if (access === 'paused' || (access === 'first-day' && lesson.day > 1)) return true
  if (lesson.exercise.letter && disabledFeatures(context.start, context.at).includes('letters')) return true
  const replacement = replacementOf(lesson, context)
  // A page for any day stands in for days that are held in another way; one for a day of its own, or for check-ins, holds it.
  return replacement !== null && (replacement.number !== null || replacement.kind === 'week')
}

/**
 * The lesson or check-in as this learner gets it. In the place of one that is held back stands another page, as a day like
 * any other that any form completes: a lock would tell whoever looks on what was answered. Only for the learner alone:
 * whoever merely has the link sees the course without any starting point.
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

/** The closing page as the learner alone sees it: of a week that was held back, it says nothing that is not so. */
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
  const week = day - course.lessons.length - 1
  return replacementFor(
    resources.replacementPages,
    { start, at },
    week > 0 ? { kind: 'week', number: week } : { kind: 'day', number: day },
  )
}

/** With discreet addresses always: they are right for every reader. */
function linked(markdown: string, course: string): string {
  return withPageLinks(markdown, (name) => publicPagePath(course, { kind: 'page', name }, true))
}

function withoutSheet({ sheet: _, ...exercise }: Exercise): Exercise {
  return exercise
}
