import type { Request } from 'express'
import type { Course, ReadOn } from '../../core/course/course.ts'
import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { type NavigationLinks, navigationLinks, publicPagePath } from '../../core/course/public-pages.ts'
import { isForReader } from '../../core/course/variant.ts'
import type { Words } from '../../core/words.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import type { LessonView } from '../../flow/views.ts'
import { libraryFormOf } from '../page/library-form.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { type AskContext, askContextOf } from '../question/ask-context.ts'

/** What the page needs from the course in addition to the lesson. */
export interface LessonPageContext {
  readonly words: Words
  readonly ways: NavigationLinks
  /** The label of "prefer not to say"; '' if the course has no assessment. */
  readonly preferNot: string
  /** The self-assessment, if this lesson starts with a link to it. */
  readonly startHere: { readonly title: string; readonly minutes: number } | null
  /** The article or question of the library that this lesson links to. */
  readonly readOn: { readonly piece: string; readonly title: string; readonly path: string } | null
  /** Where a form opens the library for this browser; null: everybody may read it. */
  readonly libraryForm: string | null
  /** The form for a question; null where the course takes none. */
  readonly ask: AskContext | null
}

export function lessonPageContextOf(
  site: Site,
  request: Request,
  visit: LessonVisit,
  { course, discreet, lesson, variant, token }: LessonView,
): LessonPageContext {
  const resources = site.ports.courses.resourcesOf(course.name, course.language)
  return {
    words: wordsOf(site, course),
    ways: navigationLinks(course.name, resources, discreet),
    preferNot: resources.assessment?.preferNot.label ?? '',
    startHere: lesson.startingPoint ? resources.assessment : null,
    readOn: furtherReading(
      course,
      resources,
      lesson.readOn?.find(({ audiences }) => isForReader(audiences, variant)),
      discreet,
    ),
    libraryForm: libraryFormOf(course, token),
    ask: askContextOf(site, request, visit),
  }
}

/** The article or question of the library that this lesson suggests, for this reader. */
function furtherReading(course: Course, resources: CourseResources, readOn: ReadOn | undefined, discreet: boolean) {
  const article = resources.articles.find(({ name }) => name === readOn?.piece)
  if (article !== undefined)
    return {
      piece: article.name,
      title: article.title,
      path: publicPagePath(course.name, { kind: 'article', name: article.name }, discreet),
    }
  const question = resources.questions.find(({ id }) => id === readOn?.piece)
  if (question === undefined) return null
  return {
    piece: question.id,
    title: question.question,
    path: publicPagePath(course.name, { kind: 'question', name: question.id }, discreet),
  }
}
