import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { paths } from '../../core/paths.ts'
import { phrase } from '../../core/words.ts'
import { openByRecoveryCode, openWayBack, viewWayBack, type WayBackOpened } from '../../flow/learner/open-way-back.ts'
import { requestWayBack } from '../../flow/learner/request-way-back.ts'
import { coursesPage } from '../page/courses-page.ts'
import { sendPage } from '../page/send-page.ts'
import { messageOf, type Site, wordsOf, written } from '../page/site.ts'
import { createRateLimit, limitClients } from '../security/rate-limits.ts'
import { readSession, writeSession } from '../security/session-cookie.ts'
import { checkEmail } from '../sign-up/check-email.ts'
import { lostLinkPage, openWayBackPage, wayBackSentPage } from './way-back-view.ts'

type TokenRequest = Request<{ token: string }>

const HOUR_MS = 3_600_000

/**
 * For learners without their link. POST /back requests an email; its link shows a button (GET), which opens their courses
 * (POST), once. POST /back/code does the same for the recovery code of somebody who gets no email.
 */
export function createWayBack(site: Site): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '4kb' })

  router.get(paths.lostLink(), (_request: Request, response: Response) => {
    sendPage(site, response, 200, lostLinkPage(wordsOf(site), { email: '', faults: {} }))
  })

  router.post(
    paths.lostLink(),
    limitClients(site, {
      limit: site.settings.signUpLimit,
      windowMs: HOUR_MS,
      message: phrase('security.too-many.links'),
    }),
    form,
    async (request: Request, response: Response) => {
      const words = wordsOf(site)
      const typed = fieldOf(request.body, 'email')
      const checked = checkEmail(typed)
      if ('say' in checked) {
        const faults = written(words, { email: checked.say })
        return sendPage(site, response, 400, lostLinkPage(words, { email: typed, faults }))
      }
      await requestWayBack(site.ports, checked.address)
      sendPage(site, response, 200, wayBackSentPage(words))
    },
  )

  // Before the link of an email, which has a path of the same form.
  router.post(
    paths.recoveryCode(),
    createRateLimit(site, 'codes'),
    form,
    async (request: Request, response: Response) => {
      try {
        const { body } = request
        const code = fieldOf(body, 'code')
        const opened = await openByRecoveryCode(site.ports, code, readSession(request), fieldOf(body, 'word'))
        show(site, response, opened)
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
        const words = wordsOf(site)
        const faults = { word: messageOf(error, words), ...written(words, error.fields) }
        sendPage(site, response, 400, lostLinkPage(words, { email: '', faults }))
      }
    },
  )

  router.get('/back/:token', async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const view = await viewWayBack(site.ports, token)
    sendPage(site, response, 200, openWayBackPage(wordsOf(site, view.course), view, token, {}))
  })

  router.post(
    '/back/:token',
    createRateLimit(site, 'sessions'),
    form,
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      try {
        show(site, response, await openWayBack(site.ports, token, readSession(request), fieldOf(request.body, 'word')))
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
        const view = await viewWayBack(site.ports, token)
        const words = wordsOf(site, view.course)
        sendPage(site, response, 400, openWayBackPage(words, view, token, { word: messageOf(error, words) }))
      }
    },
  )

  return router
}

function show(site: Site, response: Response, { view, session }: WayBackOpened): void {
  writeSession(site, response, session)
  const words = wordsOf(site, view.course)
  sendPage(site, response, 200, coursesPage(words, view, site.ports.clock.now(), session !== null))
}

function fieldOf(body: unknown, name: string): string {
  const value = (body as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}
