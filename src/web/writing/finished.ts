import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { paths } from '../../core/paths.ts'
import { type Phrase, phrase } from '../../core/words.ts'
import { keepOwnLine } from '../../flow/exercise/own-line.ts'
import { viewFinished } from '../../flow/exercise/view-finished.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf, written } from '../page/site.ts'
import { askContextOf } from '../question/ask-context.ts'
import { lessonVisitOf } from '../security/lesson-visit.ts'
import { linkFirstFor } from '../security/neutral-page.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession } from '../security/session-cookie.ts'
import { type FinishedForm, finishedPage } from './finished-view.ts'

type TokenRequest = Request<{ token: string }>

/** What a learner keeps of a course. GET /l/<token>/finished shows it; POST keeps or removes their own line. */
export function createFinished(site: Site): Router {
  const router = Router()

  router.get('/l/:token/finished', async (request: TokenRequest, response: Response) => {
    await show(site, request, response, 200, { typed: null, faults: {}, saved: request.query.saved === '1' })
  })

  router.post(
    '/l/:token/finished',
    createRateLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: '16kb' }),
    async (request: TokenRequest, response: Response) => {
      const visit = await lessonVisitOf(site, request)
      const { line } = (request.body ?? {}) as Record<string, unknown>
      const refuse = (fields: Readonly<Record<string, Phrase>>) => {
        const faults = written(wordsOf(site, visit.course), fields)
        return show(site, request, response, 400, {
          typed: typeof line === 'string' ? line : null,
          faults,
          saved: false,
        })
      }
      if (typeof line !== 'string') return refuse({ line: phrase('exercise.choose-answer') })
      try {
        await keepOwnLine(site.ports, visit, readSession(request), line)
        response.redirect(303, `${paths.finished(visit.token)}?saved=1#your-line`)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        if (error.code === 'bad-input') return refuse(error.fields)
        if (error.code !== 'not-fresh') throw error
        const words = wordsOf(site, visit.course)
        sendPage(site, response, 403, linkFirstFor(words, visit, 'finished', words.say('finished.link-first')))
      }
    },
  )

  return router
}

async function show(site: Site, request: TokenRequest, response: Response, status: number, form: FinishedForm) {
  const visit = await lessonVisitOf(site, request)
  const view = await viewFinished(site.ports, visit)
  const ask = askContextOf(site, request as Request, visit)
  sendPage(site, response, status, finishedPage(site, view, form, ask))
}
