import { type Request, type Response, Router } from 'express'
import { paths } from '../core/paths.ts'
import { besideOf } from './beside.ts'
import { sendPage } from './send-page.ts'
import { courseOf, type Site } from './site.ts'
import { homePage } from './views/home.ts'
import { emptySignUp } from './views/sign-up-form.ts'

/** GET / and GET /courses/<name>: what the course is, and the form to join it. */
export function createHome(site: Site): Router {
  const router = Router()

  router.get(paths.home(), (_request: Request, response: Response) => {
    const course = courseOf(site, site.ports.settings.course)
    sendPage(site, response, 200, homePage(course, emptySignUp(course), besideOf(site, course)))
  })

  router.get('/courses/:name', (request: Request<{ name: string }>, response: Response) => {
    const course = courseOf(site, request.params.name)
    sendPage(site, response, 200, homePage(course, emptySignUp(course), besideOf(site, course)))
  })

  return router
}
