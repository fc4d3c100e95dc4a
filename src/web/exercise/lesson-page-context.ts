import type { Course, ReadOn } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { type NavigationLinks, navigationLinks, publicPagePath } from '../../core/course/public-pages.ts'
import { isForReader } from '../../core/course/variant.ts'
import type { LessonView } from '../../flow/views.ts'
import type { Site } from '../page/site.ts'

/** What the page needs of the course beside the lesson. */
export interface LessonPageContext {
  readonly ways: NavigationLinks
  /** The label of "prefer not to say"; '' where the course has no assessment. */
  readonly preferNot: string
  /** The self-assessment, where this lesson leads with it. */
  readonly startHere: { readonly title: string; readonly minutes: number } | null
  /** The piece of the library that this lesson leads to. */
  readonly readOn: { readonly title: string; readonly path: string } | null
}

export function lessonPageContextOf(site: Site, { course, discreet, lesson, variant }: LessonView): LessonPageContext {
  const resources = site.ports.courses.resourcesOf(course.name)
  return {
    ways: navigationLinks(course.name, resources, discreet),
    preferNot: resources.assessment?.preferNot.label ?? '',
    startHere: lesson.startingPoint ? resources.assessment : null,
    readOn: furtherReading(
      course,
      resources,
      lesson.readOn?.find(({ audiences }) => isForReader(audiences, variant)),
      discreet,
    ),
  }
}

/** An article has a page of its own; a question stands in the library. */
function furtherReading(course: Course, resources: CourseResources, readOn: ReadOn | undefined, discreet: boolean) {
  const article = resources.articles.find(({ name }) => name === readOn?.piece)
  if (article !== undefined)
    return {
      title: article.title,
      path: publicPagePath(course.name, { kind: 'article', name: article.name }, discreet),
    }
  const question = resources.questions.find(({ id }) => id === readOn?.piece)
  if (question === undefined) return null
  return {
    title: question.question,
    path: `${publicPagePath(course.name, { kind: 'library' }, discreet)}#${question.id}`,
  }
}
