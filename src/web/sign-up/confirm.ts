import { type Request, type Response, Router } from 'express'
import { confirm, viewConfirmation, viewCoursesOfSignUp } from '../../flow/sign-up/confirm.ts'
import type { ConfirmationView } from '../../flow/views.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { readSession, writeSession } from '../security/session-cookie.ts'
import { confirmedPage, confirmPage, usedConfirmationPage } from './confirm-view.ts'

type TokenRequest = Request<{ token: string }>

/**
 * GET shows a button and POST confirms, because email scanners follow links but do not submit forms. Whoever took the
 * course before has a choice; a link that was used leads to the days.
 */
export function createConfirm(site: Site): Router {
  const router = Router()

  router.get('/confirm/:token', async (request: TokenRequest, response: Response) => {
    await showConfirmation(site, request.params.token, response)
  })

  for (const [path, how] of [
    ['/confirm/:token', 'confirm'],
    ['/confirm/:token/anew', 'start-anew'],
  ] as const)
    router.post(path, async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const confirmed = await confirm(site.ports, token, readSession(request), how)
      if (confirmed === null) return showConfirmation(site, token, response)
      const words = wordsOf(site, confirmed.course)
      writeSession(site, response, confirmed.session)
      sendPage(site, response, 200, confirmedPage(words, confirmed, site.ports.clock.now()))
    })

  router.post('/confirm/:token/days', async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    await showCourses(site, await viewConfirmation(site.ports, token), token, response)
  })

  return router
}

async function showConfirmation(site: Site, token: string, response: Response): Promise<void> {
  const view = await viewConfirmation(site.ports, token)
  if (view.state === 'confirmed') return showCourses(site, view, token, response)
  sendPage(site, response, 200, confirmPage(wordsOf(site, view.course), view, token))
}

async function showCourses(site: Site, view: ConfirmationView, token: string, response: Response): Promise<void> {
  const courses = await viewCoursesOfSignUp(site.ports, token)
  const words = wordsOf(site, courses?.course ?? view.course)
  sendPage(site, response, 200, usedConfirmationPage(words, view, courses, site.ports.clock.now()))
}
