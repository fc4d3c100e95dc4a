import { withPageLinks } from './care-page.ts'
import type { Course, Exercise, Lesson } from './course.ts'
import type { CourseExtras } from './parse-extras.ts'
import { GROUNDING, pathOf } from './places.ts'
import { accessOf, offOf, type StartingPoint } from './starting-point.ts'

/** Whether the starting point holds this day back: the whole course, all but its first day, or a letter. `at`: ms UTC. */
export function isHeld(lesson: Lesson, start: StartingPoint, at: number): boolean {
  const access = accessOf(start, at)
  if (access === 'paused' || (access === 'first-day' && lesson.day > 1)) return true
  return lesson.exercise.letter && offOf(start, at).includes('letters')
}

/**
 * The lesson as this learner gets it by what is held back at this instant (ms, UTC). In the place of one that is held back stands the course's grounding page, as a day
 * like any other that any form completes: a lock would tell whoever looks on what was answered.
 */
export function heldLesson(
  course: Pick<Course, 'name'>,
  extras: CourseExtras,
  lesson: Lesson,
  start: StartingPoint,
  at: number,
): Lesson {
  const page = extras.pages.find(({ name }) => name === GROUNDING.name)
  if (!isHeld(lesson, start, at) || page === undefined)
    return offOf(start, at).includes('sheets') ? { ...lesson, exercise: withoutSheet(lesson.exercise) } : lesson
  const markdown = withPageLinks(`${page.lead}\n\n${page.rest}`, (name) =>
    pathOf(course.name, { kind: 'page', name }, true),
  )
  const exercise: Exercise = {
    ...withoutSheet(lesson.exercise),
    title: page.title,
    intro: '',
    timer: null,
    print: false,
    letter: false,
    fields: [],
    complete: { full: [], small: [] },
  }
  const text = { markdown, file: page.file, line: 1 }
  return { ...lesson, title: page.title, goal: '', body: [{ audiences: [], pageOnly: false, text }], exercise }
}

function withoutSheet({ sheet: _, ...exercise }: Exercise): Exercise {
  return exercise
}
