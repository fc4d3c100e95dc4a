import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { paths } from '../../core/paths.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import { askQuestion, notTaken } from '../../flow/question/ask-question.ts'
import { sealAsked, showsHelpAfterAsking } from '../../flow/question/asked-ticket.ts'
import { sendPage } from '../page/send-page.ts'
import { messageOf, type Site } from '../page/site.ts'
import { lessonVisitOf } from '../security/lesson-visit.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { type AskContext, askContextOf } from './ask-context.ts'
import { EMPTY_DRAFT } from './ask-form.ts'
import { askedPage, askPage } from './ask-view.ts'

type TokenRequest = Request<{ token: string }>

/** Fits a question of emoji with every byte percent-encoded. */
export const QUESTION_LIMIT = '128kb'

/** Asks the author. GET /l/<token>/ask shows the form; POST sends, and GET /l/<token>/asked says so. */
export function createAsk(site: Site): Router {
  const router = Router()

  router.get('/l/:token/ask', async (request: TokenRequest, response: Response) => {
    const visit = await lessonVisitOf(site, request)
    sendPage(site, response, 200, askPage(contextOf(site, request, visit), 'course', EMPTY_DRAFT))
  })

  router.post(
    '/l/:token/ask',
    createRateLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: QUESTION_LIMIT }),
    async (request: TokenRequest, response: Response) => {
      const visit = await lessonVisitOf(site, request)
      const context = contextOf(site, request, visit)
      const body = (request.body ?? {}) as Record<string, unknown>
      const about = body.about === 'day' ? 'day' : 'course'
      const text = typeof body.question === 'string' ? body.question : ''
      const allowsName = body.name === 'on' && context.name !== ''
      try {
        const { enrolment, course } = visit
        const day = about === 'day' ? visit.day : null
        const asked = await askQuestion(site.ports, {
          ...{ enrolment, course, day, text, allowsName },
          via: 'form',
          isConfirmed: true,
        })
        response.redirect(303, afterAsking(site, visit, asked.showsHelp))
      } catch (error) {
        if (!isRefused(error)) throw error
        const faults = { question: messageOf(error, context.words) }
        const status = error.code === 'bad-input' ? 400 : 429
        sendPage(site, response, status, askPage(context, about, { text, allowsName, faults }))
      }
    },
  )

  router.get('/l/:token/asked', async (request: TokenRequest, response: Response) => {
    const visit = await lessonVisitOf(site, request)
    const { enrolment } = visit
    const ticket = typeof request.query.page === 'string' ? request.query.page : ''
    const view = {
      helpFirst: showsHelpAfterAsking(site.ports, enrolment.id, ticket),
      told: !enrolment.webOnly && enrolment.state !== 'stopped',
    }
    sendPage(site, response, 200, askedPage(contextOf(site, request, visit), view))
  })

  return router
}

/** The page after a question. Its address says nothing of the text. */
export function afterAsking(site: Site, { token, enrolment }: LessonVisit, showsHelp: boolean): string {
  return `${paths.asked(token)}?${new URLSearchParams({ page: sealAsked(site.ports, enrolment.id, showsHelp) })}`
}

/** Whether the text is shown again with what is wrong, so that nothing typed is lost. */
export function isRefused(error: unknown): error is AppError {
  return error instanceof AppError && (error.code === 'bad-input' || error.code === 'too-many')
}

/** Fails with `not-yet` where the course takes no questions. */
function contextOf(site: Site, request: TokenRequest, visit: LessonVisit): AskContext {
  const context = askContextOf(site, request as Request, visit)
  if (context === null) throw notTaken()
  return context
}
