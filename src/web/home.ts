import { type Request, type Response, Router } from 'express'
import type { Course } from '../core/course.ts'
import { likelyZones } from '../core/likely-zones.ts'
import { paths } from '../core/paths.ts'
import { besideOf } from './beside.ts'
import { sendPage } from './send-page.ts'
import { courseOf, type Site } from './site.ts'
import { homePage } from './views/home.ts'
import { emptySignUp } from './views/sign-up-form.ts'

/** GET / and GET /courses/<name>: what the course is, and the form to join it. */
export function createHome(site: Site): Router {
  const router = Router()
  const show = (request: Pick<Request, 'headers'>, response: Response, course: Course) => {
    const form = emptySignUp(course, likelyZones(request.headers['accept-language'] ?? ''))
    sendPage(site, response, 200, homePage(course, form, besideOf(site, course)))
  }

  router.get(paths.home(), (request: Request, response: Response) => {
    show(request, response, courseOf(site, site.ports.settings.course))
  })

  router.get('/courses/:name', (request: Request<{ name: string }>, response: Response) => {
    show(request, response, courseOf(site, request.params.name))
  })

  return router
}
