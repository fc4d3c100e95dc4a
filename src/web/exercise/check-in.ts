import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { askAgain } from '../../flow/exercise/view-check-in.ts'
import { readAssessmentForm } from '../assessment/read-assessment-form.ts'
import { resultPage } from '../assessment/result-page.ts'
import { carePageContext } from '../care/find-place.ts'
import { sendPage } from '../page/send-page.ts'
import type { Site } from '../page/site.ts'
import { openDayOf } from '../security/lesson-visit.ts'
import { createRateLimit } from '../security/rate-limits.ts'

/**
 * POST /l/<token>/again: the questions of a check-in. The response is the result; neither answers nor result are stored
 * or put in a URL.
 */
export function createCheckIn(site: Site): Router {
  const router = Router()
  router.post(
    '/l/:token/again',
    createRateLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: '16kb' }),
    async (request: Request<{ token: string }>, response: Response) => {
      const open = await openDayOf(site, request)
      const { course, resources } = open
      if (resources.assessment === null) throw new AppError('not-found', phrase('errors.no-page'))
      const { answers } = readAssessmentForm(resources.assessment, request.body)
      const outcome = await askAgain(site.ports, open, answers)
      if (outcome === null) throw new AppError('not-found', phrase('errors.no-page'))
      const reader = { ...carePageContext(site, request, { course, resources, discreet: outcome.discreet }), resources }
      sendPage(
        site,
        response,
        200,
        resultPage(outcome, reader, { before: '', nothing: reader.words.say('exercise.check-in-nothing') }),
      )
    },
  )
  return router
}
