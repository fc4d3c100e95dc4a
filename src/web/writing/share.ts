import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { notesAsText } from '../../core/exercise/notes.ts'
import { paths } from '../../core/paths.ts'
import { phrase } from '../../core/words.ts'
import type { OpenDay } from '../../flow/exercise/find-open-day.ts'
import { cancelSharing, requestSharing, sharingQuestion, viewSharing } from '../../flow/exercise/share-letter.ts'
import { viewNotes } from '../../flow/exercise/view-notes.ts'
import { questionFieldName } from '../assessment/read-assessment-form.ts'
import { resultPage } from '../assessment/result-page.ts'
import { carePageContext } from '../care/find-place.ts'
import { sendPage } from '../page/send-page.ts'
import { messageOf, type Site, wordsOf } from '../page/site.ts'
import { openDayOf } from '../security/lesson-visit.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { sendText } from './notes.ts'
import { letterOfView } from './notes-view.ts'
import { sharePage } from './share-view.ts'

type TokenRequest = Request<{ token: string }>

/**
 * /l/<token>/share: GET shows the state of the letter, POST starts its day of rest or cancels it. Nothing is ever sent.
 */
export function createShare(site: Site): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '4kb' })

  router.get('/l/:token/share', async (request: TokenRequest, response: Response) =>
    show(site, await openDayOf(site, request), response, 200, null),
  )

  router.post(
    '/l/:token/share',
    createRateLimit(site, 'writing'),
    form,
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const body = (request.body ?? {}) as Record<string, unknown>
      const open = await openDayOf(site, request)
      if (body.do === 'keep') {
        await cancelSharing(site.ports, open)
        return response.redirect(303, `${paths.lesson(token)}#exercise`)
      }
      const question = sharingQuestion(open)
      const answer = question === null ? '' : String(body[questionFieldName(question.id)] ?? '')
      try {
        const outcome = await requestSharing(site.ports, open, answer)
        if (outcome === null) return response.redirect(303, paths.share(token))
        const { course, resources, enrolment } = open
        const reader = {
          ...carePageContext(site, request, { course, resources, discreet: enrolment.discreet }),
          resources,
        }
        const said = { before: reader.words.say('writing.share-thanks'), nothing: '' }
        sendPage(site, response, 200, resultPage(outcome, reader, said))
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
        await show(site, open, response, 400, messageOf(error, wordsOf(site, open.course)))
      }
    },
  )

  router.get('/l/:token/share/notes.txt', async (request: TokenRequest, response: Response) => {
    const open = await openDayOf(site, request)
    const { state } = await viewSharing(site.ports, open)
    if (state !== 'ready') throw new AppError('not-yet', phrase('exercise.resting'))
    const view = await viewNotes(site.ports, open)
    sendText(response, 'notes.txt', notesAsText('', letterOfView(wordsOf(site, open.course), view)).trimStart())
  })

  return router
}

async function show(site: Site, open: OpenDay, response: Response, status: number, error: string | null) {
  const words = wordsOf(site, open.course)
  const view = await viewSharing(site.ports, open)
  const preferNot = open.resources.assessment?.preferNot.label ?? ''
  const letter = view.state === 'ready' ? letterOfView(words, await viewNotes(site.ports, open)) : []
  sendPage(site, response, status, sharePage(words, view, { letter, preferNot, error, now: site.ports.clock.now() }))
}
