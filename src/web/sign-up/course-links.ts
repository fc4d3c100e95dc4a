import type { Course } from '../../core/course/course.ts'
import { type NavigationLinks, navigationLinks, publicPagePath } from '../../core/course/public-pages.ts'
import { paths } from '../../core/paths.ts'
import type { Site } from '../page/site.ts'

/** What a course has besides lessons, for pages that link to it. */
export interface CourseLinks {
  readonly ways: NavigationLinks
  /** The address of the course's start page, for programs that read it from elsewhere. */
  readonly address: string
  readonly start: {
    readonly title: string
    readonly minutes: number
    readonly path: string
    readonly plainPath: string
  } | null
}

export function courseLinksOf(site: Site, course: Course): CourseLinks {
  const resources = site.ports.courses.resourcesOf(course.name, course.language)
  const { assessment } = resources
  const place = { kind: 'start' } as const
  return {
    ways: navigationLinks(course.name, resources, false),
    address: site.settings.publicUrl.href + paths.course(course.name),
    start: assessment && {
      title: assessment.title,
      minutes: assessment.minutes,
      path: publicPagePath(course.name, place, false),
      plainPath: publicPagePath(course.name, place, true),
    },
  }
}
