import { type Request, type Response, Router } from 'express'
import { publicPagePath } from '../../core/course/public-pages.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { sendPage } from '../page/send-page.ts'
import { courseOf, type Site, wordsOf } from '../page/site.ts'
import { firstLessonPage } from './first-lesson-view.ts'

/** GET /courses/<name>/first-lesson: day 1 for anybody, if the course allows it. It has nothing to save with. */
export function createFirstLesson(site: Site): Router {
  const router = Router()
  router.get('/courses/:name/first-lesson', (request: Request<{ name: string }>, response: Response) => {
    const course = courseOf(site, request.params.name)
    const [lesson] = course.lessons
    if (!course.showsFirstLesson || lesson === undefined) throw new AppError('not-found', phrase('errors.no-page'))
    const { assessment } = site.ports.courses.resourcesOf(course.name)
    const start = lesson.startingPoint && assessment
    sendPage(
      site,
      response,
      200,
      firstLessonPage(wordsOf(site, course), course, lesson, {
        now: site.ports.clock.now(),
        start: start ? { ...start, path: publicPagePath(course.name, { kind: 'start' }, false) } : null,
      }),
    )
  })
  return router
}
