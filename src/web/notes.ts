import { type Request, type Response, Router } from 'express'
import { notesAsText } from '../core/notes.ts'
import { viewNotes } from '../flow/view-notes.ts'
import { sendPage } from './send-page.ts'
import { readSession } from './session-cookie.ts'
import type { Site } from './site.ts'
import { notesOfView, notesPage } from './views/notes.ts'

type TokenRequest = Request<{ token: string }>

/** What this browser may read of a day: GET /l/<token>/print lays it out for paper, /l/<token>/notes.txt is a file. */
export function createNotes(site: Site): Router {
  const router = Router()

  router.get('/l/:token/print', async (request: TokenRequest, response: Response) => {
    sendPage(site, response, 200, notesPage(await viewNotes(site.ports, request.params.token, readSession(request))))
  })

  router.get('/l/:token/notes.txt', async (request: TokenRequest, response: Response) => {
    const view = await viewNotes(site.ports, request.params.token, readSession(request))
    sendText(response, 'notes.txt', notesAsText(view.lesson.exercise.title, notesOfView(view)))
  })

  return router
}

/** A file whose name says nothing. */
export function sendText(response: Response, name: string, text: string): void {
  response.attachment(name).type('text/plain; charset=utf-8').send(text)
}
