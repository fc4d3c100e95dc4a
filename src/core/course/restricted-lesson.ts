import { accessOf, offOf, type StartingPoint } from '../assessment/starting-point.ts'
import { withPageLinks } from './care-page.ts'
import type { Course, Exercise, Lesson } from './course.ts'
import type { CourseExtras } from './parse/parse-resources.ts'
import { GROUNDING, pathOf } from './public-pages.ts'
import { type StandIn, standInFor } from './replacement-pages.ts'

/** Whose restrictions, and what of the course's files speaks of them. */
export interface Holding {
  readonly course: Pick<Course, 'name' | 'lessons'>
  readonly extras: Pick<CourseExtras, 'pages' | 'standIns'>
  readonly start: StartingPoint
  /** Of what instant, in ms UTC: what was changed since holds from then on. */
  readonly at: number
}

/**
 * Whether the starting point holds this day or check-in back: the whole course, all but its first day, a letter, or a page
 * that the course has a stand-in for.
 */
export function isHeld(lesson: Lesson, holding: Holding): boolean {
  const access = accessOf(holding.start, holding.at)
  if (access === 'paused' || (access === 'first-day' && lesson.day > 1)) return true
  if (lesson.exercise.letter && offOf(holding.start, holding.at).includes('letters')) return true
  const standIn = standInOf(lesson, holding)
  // A page for any day stands in for days that are held in another way; one for a day of its own, or for check-ins, holds it.
  return standIn !== null && (standIn.number !== null || standIn.kind === 'week')
}

/**
 * The lesson or check-in as this learner gets it. In the place of one that is held back stands another page, as a day like
 * any other that any form completes: a lock would tell whoever looks on what was answered. Only for the learner alone:
 * whoever merely has the link sees the course without any starting point.
 */
export function heldLesson(lesson: Lesson, holding: Holding): Lesson {
  const { course, extras, start, at } = holding
  const page = extras.pages.find(({ name }) => name === GROUNDING.name)
  if (!isHeld(lesson, holding) || page === undefined)
    return offOf(start, at).includes('sheets') ? { ...lesson, exercise: withoutSheet(lesson.exercise) } : lesson
  const shown = standInOf(lesson, holding) ?? {
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
export function heldClosing(closing: Course['closing'], { course, extras, start, at }: Holding): Course['closing'] {
  const standIn = standInFor(extras.standIns, { start, at }, { kind: 'closing', number: null })
  if (standIn === null) return closing
  const text = { markdown: linked(standIn.markdown, course.name), file: standIn.file, line: 1 }
  return { ...closing, title: standIn.title, body: [{ audiences: [], pageOnly: false, text }] }
}

function standInOf({ day }: Lesson, { course, extras, start, at }: Holding): StandIn | null {
  const week = day - course.lessons.length - 1
  return standInFor(
    extras.standIns,
    { start, at },
    week > 0 ? { kind: 'week', number: week } : { kind: 'day', number: day },
  )
}

/** With discreet addresses always: they are right for every reader. */
function linked(markdown: string, course: string): string {
  return withPageLinks(markdown, (name) => pathOf(course, { kind: 'page', name }, true))
}

function withoutSheet({ sheet: _, ...exercise }: Exercise): Exercise {
  return exercise
}
