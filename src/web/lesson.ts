import express, { type Request, type Response, Router } from 'express'
import { EFFORTS, type Effort } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import { paths } from '../core/paths.ts'
import { readAnswers } from '../core/read-answers.ts'
import { saveAnswers } from '../flow/save-answers.ts'
import { viewPage } from '../flow/view-page.ts'
import type { LessonView, PageView } from '../flow/views.ts'
import { exerciseFields } from './exercise-fields.ts'
import { sendPage } from './send-page.ts'
import { readSession, writeSession } from './session-cookie.ts'
import type { Site } from './site.ts'
import { closedDayPage } from './views/closed-day.ts'
import { closingPage } from './views/closing.ts'
import { lessonPage, type Notice } from './views/lesson.ts'

/** Eight long texts, each letter sent as up to nine signs. */
export const ANSWERS_LIMIT = '1mb'

type TokenRequest = Request<{ token: string }>

/** The page a lesson mail leads to. GET shows, POST saves and may complete the day, then leads back to the page. */
export function createLesson(site: Site): Router {
  const router = Router()

  router.get('/l/:token', async (request: TokenRequest, response: Response) => {
    const page = await viewPage(site.ports, request.params.token, readSession(request))
    const now = site.ports.clock.now()
    if (page.page === 'closing') return sendPage(site, response, 200, closingPage(page.view, now))
    if (page.page === 'closed') return sendPage(site, response, 200, closedDayPage(page.view, now))
    sendPage(site, response, 200, lessonPage(page.view, noticeOf(request), now))
  })

  router.post(
    '/l/:token',
    express.urlencoded({ extended: false, limit: ANSWERS_LIMIT }),
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const session = readSession(request)
      const view = openLesson(await viewPage(site.ports, token, session))
      const body = (request.body ?? {}) as Record<string, unknown>
      const effort = effortOf(body.effort)
      const given = readAnswers(exerciseFields(view.lesson, view.variant), body)
      const saved = await saveAnswers(site.ports, token, session, { ...given, effort })
      writeSession(site, response, saved.session)
      const told = new URLSearchParams({ saved: effort ?? 'text' })
      if (saved.missing.length > 0) told.set('missing', saved.missing.join(' '))
      response.redirect(303, `${paths.lesson(token)}?${told}#saved`)
    },
  )

  return router
}

/** The lesson, when its day is open. Throws AppError not-yet. */
export function openLesson(page: PageView): LessonView {
  if (page.page !== 'lesson') throw new AppError('not-yet', 'This day is not open yet.')
  return page.view
}

function effortOf(value: unknown): Effort | null {
  return EFFORTS.find((effort) => effort === value) ?? null
}

/** What a save just before left in the address: which form, and which fields it missed. Field ids only, never their values. */
function noticeOf(request: Request): Notice {
  const { saved, missing } = request.query
  return {
    saved: saved === 'text' ? 'text' : effortOf(saved),
    missing: typeof missing === 'string' ? missing.split(' ') : [],
  }
}
