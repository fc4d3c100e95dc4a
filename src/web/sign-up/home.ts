import { type Request, type Response, Router } from 'express'
import type { Course } from '../../core/course/course.ts'
import { likelyZones } from '../../core/delivery/likely-zones.ts'
import { paths } from '../../core/paths.ts'
import { sendPage } from '../page/send-page.ts'
import { courseOf, type Site, wordsOf } from '../page/site.ts'
import { courseLinksOf } from './course-links.ts'
import { homePage } from './home-view.ts'
import { emptySignUpForm } from './sign-up-form.ts'

/** GET / and GET /courses/<name>: a description of the course, and the sign-up form. */
export function createHome(site: Site): Router {
  const router = Router()
  const show = (request: Pick<Request, 'headers'>, response: Response, course: Course) => {
    const form = emptySignUpForm(course, likelyZones(request.headers['accept-language'] ?? ''))
    sendPage(site, response, 200, homePage(wordsOf(site, course), course, form, courseLinksOf(site, course)))
  }

  router.get(paths.home(), (request: Request, response: Response) => {
    show(request, response, courseOf(site, site.ports.settings.course))
  })

  router.get('/courses/:name', (request: Request<{ name: string }>, response: Response) => {
    show(request, response, courseOf(site, request.params.name))
  })

  return router
}
