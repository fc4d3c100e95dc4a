import type { Course } from '../../core/course/course.ts'
import { pathOf, type Ways, waysOf } from '../../core/course/public-pages.ts'
import type { Site } from '../page/site.ts'

/** What a course has beside its lessons, for pages that lead there. */
export interface Beside {
  readonly ways: Ways
  readonly start: {
    readonly title: string
    readonly minutes: number
    readonly path: string
    readonly plainPath: string
  } | null
}

export function besideOf(site: Site, course: Course): Beside {
  const extras = site.ports.courses.extrasOf(course.name)
  const { assessment } = extras
  const place = { kind: 'start' } as const
  return {
    ways: waysOf(course.name, extras, false),
    start: assessment && {
      title: assessment.title,
      minutes: assessment.minutes,
      path: pathOf(course.name, place, false),
      plainPath: pathOf(course.name, place, true),
    },
  }
}
