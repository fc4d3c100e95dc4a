import { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { notesAsText } from '../../core/exercise/notes.ts'
import { phrase } from '../../core/words.ts'
import { findDay } from '../../flow/exercise/find-open-day.ts'
import { viewNotes } from '../../flow/exercise/view-notes.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { lessonVisitOf, openDayOf } from '../security/lesson-visit.ts'
import { notesOfView, notesPage } from './notes-view.ts'
import { sheetPage } from './print-sheet.ts'

type TokenRequest = Request<{ token: string }>

/**
 * What this browser may read of a day. GET /l/<token>/print lays it out for print, /l/<token>/notes.txt is a file,
 * /l/<token>/sheet is a sheet for two people.
 */
export function createNotes(site: Site): Router {
  const router = Router()

  router.get('/l/:token/print', async (request: TokenRequest, response: Response) => {
    const view = await viewNotes(site.ports, await openDayOf(site, request))
    sendPage(site, response, 200, notesPage(wordsOf(site, view.course), view, site.ports.clock.now()))
  })

  router.get('/l/:token/sheet', async (request: TokenRequest, response: Response) => {
    const found = await findDay(site.ports, await lessonVisitOf(site, request))
    const sheet = found.page === 'lesson' ? found.lesson.exercise.sheet : undefined
    // The response is the same for a day without a sheet and for a learner who is not offered it.
    if (sheet === undefined) throw new AppError('not-found', phrase('errors.no-page'))
    sendPage(site, response, 200, sheetPage(wordsOf(site, found.course), found, sheet))
  })

  router.get('/l/:token/notes.txt', async (request: TokenRequest, response: Response) => {
    const view = await viewNotes(site.ports, await openDayOf(site, request))
    const notes = notesOfView(wordsOf(site, view.course), view, site.ports.clock.now())
    sendText(response, 'notes.txt', notesAsText(view.lesson.exercise.title, notes))
  })

  return router
}

/** Sends a file whose name reveals nothing about its content. */
export function sendText(response: Response, name: string, text: string): void {
  response.attachment(name).type('text/plain; charset=utf-8').send(text)
}
