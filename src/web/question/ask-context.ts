import type { Request } from 'express'
import type { Course } from '../../core/course/course.ts'
import { navigationLinks } from '../../core/course/public-pages.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import { carePageContext } from '../care/find-place.ts'
import { helpLines } from '../care/help-lines.ts'
import { type Html, html } from '../page/html.ts'
import type { Site } from '../page/site.ts'

type QuestionCourse = Course & { readonly questions: NonNullable<Course['questions']> }

/** What the form for a question and the page after it show. */
export interface AskContext {
  readonly words: ReturnType<typeof carePageContext>['words']
  readonly course: QuestionCourse
  readonly discreet: boolean
  readonly token: string
  /** The learner's first name, which they may show to the author; '' to offer nothing. */
  readonly name: string
  /** Who helps sooner: the numbers of the course, its help page, or at least a sentence. `id`: of its list on this page. */
  helpNow(id: string): Html
}

/** Null if the course takes no questions. */
export function askContextOf(site: Site, request: Request, visit: LessonVisit): AskContext | null {
  const { course, enrolment, token, viewer } = visit
  if (!takesQuestions(course)) return null
  const resources = site.ports.courses.resourcesOf(course.name, course.language)
  const { discreet } = enrolment
  const { words, numbers, likely } = carePageContext(site, request, { course, resources, discreet })
  const { help } = navigationLinks(course.name, resources, discreet)
  return {
    words,
    course,
    discreet,
    token,
    // With short emails, a lesson link alone shows no name.
    name: viewer.mayViewPages ? enrolment.name : '',
    helpNow: (
      id,
    ) => html`<p>${words.say('question.help.emergency')}${help !== null && html` <a href="${help}">${words.say('page.footer.help')}</a>`}</p>
${numbers !== null && helpLines(words, numbers, ['emergency', 'abuse', 'crisis'], likely, id)}`,
  }
}

function takesQuestions(course: Course): course is QuestionCourse {
  return course.questions !== null
}
