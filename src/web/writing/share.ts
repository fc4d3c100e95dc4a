import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { notesAsText } from '../../core/exercise/notes.ts'
import { paths } from '../../core/paths.ts'
import { cancelSharing, requestSharing, viewSharing } from '../../flow/exercise/share-letter.ts'
import { viewNotes } from '../../flow/exercise/view-notes.ts'
import { questionFieldName } from '../assessment/read-assessment-form.ts'
import { resultPage } from '../assessment/result-page.ts'
import { carePageContext } from '../care/find-place.ts'
import { sendPage } from '../page/send-page.ts'
import type { Site } from '../page/site.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession } from '../security/session-cookie.ts'
import { sendText } from './notes.ts'
import { letterOfView } from './notes-view.ts'
import { sharePage } from './share-view.ts'

type TokenRequest = Request<{ token: string }>

/** /l/<token>/share: GET shows where the letter stands, POST starts its rest or takes the wish back. Nothing is ever sent. */
export function createShare(site: Site): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '4kb' })

  router.get('/l/:token/share', (request: TokenRequest, response: Response) => show(site, request, response, 200, null))

  router.post(
    '/l/:token/share',
    createRateLimit(site, 'writing'),
    form,
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const body = (request.body ?? {}) as Record<string, unknown>
      if (body.do === 'keep') {
        await cancelSharing(site.ports, token, readSession(request))
        return response.redirect(303, `${paths.lesson(token)}#exercise`)
      }
      const { question, course, discreet } = await viewSharing(site.ports, token, readSession(request))
      const answer = question === null ? '' : String(body[questionFieldName(question.id)] ?? '')
      try {
        const outcome = await requestSharing(site.ports, token, readSession(request), answer)
        if (outcome === null) return response.redirect(303, paths.share(token))
        const resources = site.ports.courses.resourcesOf(course.name)
        const reader = { ...carePageContext(request, { course, resources, discreet }), resources }
        const words = { before: 'Thank you for saying so. This page stays with you.', nothing: '' }
        sendPage(site, response, 200, resultPage(outcome, reader, words))
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
        await show(site, request, response, 400, error.message)
      }
    },
  )

  router.get('/l/:token/share/notes.txt', async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const { state } = await viewSharing(site.ports, token, readSession(request))
    if (state !== 'ready') throw new AppError('not-yet', 'It is still resting.')
    const view = await viewNotes(site.ports, token, readSession(request))
    sendText(response, 'notes.txt', notesAsText('', letterOfView(view)).trimStart())
  })

  return router
}

async function show(site: Site, request: TokenRequest, response: Response, status: number, fault: string | null) {
  const { token } = request.params
  const view = await viewSharing(site.ports, token, readSession(request))
  const preferNot = site.ports.courses.resourcesOf(view.course.name).assessment?.preferNot.label ?? ''
  const letter = view.state === 'ready' ? letterOfView(await viewNotes(site.ports, token, readSession(request))) : []
  sendPage(site, response, status, sharePage(view, { letter, preferNot, fault, now: site.ports.clock.now() }))
}
