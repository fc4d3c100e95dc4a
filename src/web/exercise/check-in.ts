import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { askAgain } from '../../flow/exercise/view-check-in.ts'
import { findByLessonLink } from '../../flow/find-by-link.ts'
import { readStart } from '../assessment/read-assessment-form.ts'
import { toldPage } from '../assessment/result-page.ts'
import { readerOf } from '../care/find-place.ts'
import { sendPage } from '../page/send-page.ts'
import type { Site } from '../page/site.ts'
import { createLimit } from '../security/rate-limits.ts'
import { readSession } from '../security/session-cookie.ts'

/** POST /l/<token>/again: the questions of a check-in. What they lead to is the answer; neither is kept or put in an address. */
export function createCheckIn(site: Site): Router {
  const router = Router()
  router.post(
    '/l/:token/again',
    createLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: '16kb' }),
    async (request: Request<{ token: string }>, response: Response) => {
      const { token } = request.params
      const { course } = await findByLessonLink(site.ports, token)
      const extras = site.ports.courses.extrasOf(course.name)
      if (extras.assessment === null) throw new AppError('not-found', 'There is no page at this address.')
      const { answers } = readStart(extras.assessment, request.body)
      const told = await askAgain(site.ports, token, readSession(request), answers)
      if (told === null) throw new AppError('not-found', 'There is no page at this address.')
      const reader = { ...readerOf(request, { course, extras, discreet: told.discreet }), extras }
      sendPage(
        site,
        response,
        200,
        toldPage(told, reader, { before: '', nothing: 'That is all. Go on when you like.' }),
      )
    },
  )
  return router
}
