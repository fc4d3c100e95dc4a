import express, { type Request, type Response, Router } from 'express'
import { EFFORTS, type Effort } from '../../core/course/course.ts'
import type { Answer } from '../../core/course/fields/field-definition.ts'
import { type GivenAnswers, readAnswers } from '../../core/exercise/read-answers.ts'
import { paths } from '../../core/paths.ts'
import type { Phrase } from '../../core/words.ts'
import { findForViewer } from '../../flow/enrolment/viewer.ts'
import { findOpenDay } from '../../flow/exercise/find-open-day.ts'
import { openNextLesson } from '../../flow/exercise/next-lesson-now.ts'
import { saveAnswers } from '../../flow/exercise/save-answers.ts'
import { viewLesson, viewPage } from '../../flow/exercise/view-lesson.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf, written } from '../page/site.ts'
import { lessonVisitOf, openDayOf } from '../security/lesson-visit.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession, writeSession } from '../security/session-cookie.ts'
import { closedDayPage } from './closed-day.ts'
import { closingPage } from './closing-page.ts'
import { answerableFields, fieldsToSave } from './fields/exercise-fields.ts'
import { lessonPageContextOf } from './lesson-page-context.ts'
import { lessonPage } from './lesson-view.ts'
import type { Notice } from './save-notice.ts'

/** Fits eight long texts with every letter percent-encoded as up to nine characters. */
export const ANSWERS_LIMIT = '1mb'

type TokenRequest = Request<{ token: string }>

/**
 * The page that a lesson email links to. GET shows it; POST saves, may complete the day, and redirects back. Answers
 * from a browser without access are saved too, because its session may have ended while the learner was writing.
 */
export function createLesson(site: Site): Router {
  const router = Router()

  router.get('/l/:token', async (request: TokenRequest, response: Response) => {
    const visit = await lessonVisitOf(site, request)
    const page = await viewPage(site.ports, visit)
    const now = site.ports.clock.now()
    if (page.page === 'closing')
      return sendPage(
        site,
        response,
        200,
        closingPage(wordsOf(site, page.view.course), page.view, now, request.params.token),
      )
    if (page.page === 'closed')
      return sendPage(
        site,
        response,
        200,
        closedDayPage(wordsOf(site, page.view.course), page.view, now, request.params.token),
      )
    const context = lessonPageContextOf(site, request as Request, visit, page.view)
    sendPage(site, response, 200, lessonPage(page.view, noticeOf(request), context, now))
  })

  router.post(
    '/l/:token',
    createRateLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: ANSWERS_LIMIT }),
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const session = readSession(request)
      const open = await openDayOf(site, request)
      const words = wordsOf(site, open.course)
      const body = (request.body ?? {}) as Record<string, unknown>
      const { errors, ...given } = withoutUntouched(readAnswers(fieldsToSave(words, open), body))
      const refused = Object.keys(errors).length > 0
      const effort = refused ? null : effortOf(body.effort)
      const input = { ...given, fields: answerableFields(words, open.lesson), effort }
      const saved = await saveAnswers(site.ports, open, session, input)
      writeSession(site, response, saved.newSession)
      const { mayViewPages } = open.viewer
      if (!mayViewPages) return response.redirect(303, `${paths.lesson(token)}?saved=${refused ? 'part' : 'text'}`)
      if (refused) return sendRefused(site, request, response, { session: saved.newSession ?? session, errors, body })
      const params = new URLSearchParams({ saved: effort ?? 'text' })
      if (saved.missing.length > 0) params.set('missing', saved.missing.join(' '))
      response.redirect(303, `${paths.lesson(token)}?${params}#saved`)
    },
  )

  router.post('/l/:token/next', createRateLimit(site, 'writing'), async (request: TokenRequest, response: Response) => {
    const next = await openNextLesson(site.ports, await lessonVisitOf(site, request))
    response.redirect(303, paths.lesson(next))
  })

  return router
}

/**
 * Leaves out fields that were empty and never saved when the page was made. A form submits every field, and an
 * untouched one must not replace what another tab has saved meanwhile.
 */
function withoutUntouched(given: GivenAnswers): GivenAnswers {
  const touched = ([field, answer]: [string, Answer]) => !isEmpty(answer) || (given.base[field] ?? 0) > 0
  return { ...given, answers: Object.fromEntries(Object.entries(given.answers).filter(touched)) }
}

function isEmpty(answer: Answer): boolean {
  return typeof answer !== 'number' && Object.keys(answer).length === 0
}

/** The page again, with an error and the submitted value at each field that is not valid. */
async function sendRefused(
  site: Site,
  request: TokenRequest,
  response: Response,
  sent: { session: string | null; errors: Readonly<Record<string, Phrase>>; body: Record<string, unknown> },
): Promise<void> {
  // Saving may have started a new session. Look the day up again, so that the page shows nothing found for the old one.
  const open = await findOpenDay(site.ports, await findForViewer(site.ports, request.params.token, sent.session))
  const view = await viewLesson(site.ports, open)
  const texts = Object.keys(sent.errors).map((field) => [field, sent.body[`f.${field}`]] as const)
  const typed = Object.fromEntries(texts.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
  const notice: Notice = { saved: null, missing: [], errors: written(wordsOf(site, open.course), sent.errors), typed }
  const context = lessonPageContextOf(site, request as Request, open, view)
  sendPage(site, response, 400, lessonPage(view, notice, context, site.ports.clock.now()))
}

function effortOf(value: unknown): Effort | null {
  return EFFORTS.find((effort) => effort === value) ?? null
}

/**
 * The result of the last save, from the URL: which form was chosen and which fields are missing. Only field ids, never
 * values.
 */
function noticeOf(request: Request): Notice {
  const { saved, missing } = request.query
  return {
    saved: saved === 'text' ? 'text' : effortOf(saved),
    missing: typeof missing === 'string' ? missing.split(' ') : [],
    errors: {},
    typed: {},
  }
}
