import express, { type Request, type Response, Router } from 'express'
import { localDateOf } from '../../core/delivery/local-date.ts'
import { AppError } from '../../core/errors.ts'
import { eraseTaken } from '../../flow/enrolment/erase-taken.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import { takeAlong, viewTake } from '../../flow/exercise/take-along.ts'
import { erasedPage } from '../enrolment/erase-view.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { lessonVisitOf } from '../security/lesson-visit.ts'
import { linkFirstFor } from '../security/neutral-page.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { clearSession, readSession } from '../security/session-cookie.ts'
import { notesFile, readFileStyles } from './notes-file.ts'
import { notesJson } from './notes-json.ts'
import { takeAndErasePage, takePage } from './take-view.ts'

type TokenRequest = Request<{ token: string }>

/**
 * Everything a learner wrote, as files to keep, in a fresh own session. GET /l/<token>/take offers them;
 * /l/<token>/take/leave offers them and then deletes everything (POST), once the learner says that the file opened.
 * Whoever has no such session is offered a link by email.
 */
export function createTake(site: Site): Router {
  const router = Router()
  const styles = readFileStyles()

  // A page that others link to is found by everybody, and offers the link in its place; a file is refused.
  const show = (path: string, offered: 200 | 403, send: (response: Response, visit: LessonVisit) => Promise<unknown>) =>
    router.get(path, async (request: TokenRequest, response: Response) => {
      const visit = await lessonVisitOf(site, request)
      await orOfferLink(site, request, response, offered, () => send(response, visit))
    })

  show('/l/:token/take', 200, async (response, visit) => {
    await viewTake(site.ports, visit)
    sendPage(site, response, 200, takePage(wordsOf(site, visit.course), visit))
  })

  show('/l/:token/take/notes.html', 403, async (response, visit) => {
    const file = notesFile(site, visit, await takeAlong(site.ports, visit), styles)
    sendFile(site, response, visit, 'html', file.text)
  })

  show('/l/:token/take/notes.json', 403, async (response, visit) => {
    const file = notesJson(site, await takeAlong(site.ports, visit))
    sendFile(site, response, visit, 'json', `${JSON.stringify(file, null, 2)}\n`)
  })

  show('/l/:token/take/leave', 200, async (response, visit) => {
    const { savedAt } = await viewTake(site.ports, visit)
    sendPage(site, response, 200, takeAndErasePage(wordsOf(site, visit.course), visit, savedAt, 'first'))
  })

  router.post(
    '/l/:token/take/leave',
    createRateLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: '4kb' }),
    (request: TokenRequest, response: Response) =>
      orOfferLink(site, request, response, 403, () => erase(site, request, response)),
  )

  return router
}

async function erase(site: Site, request: TokenRequest, response: Response): Promise<void> {
  const erasure = await eraseTaken(site.ports, request.params.token, readSession(request), seenIn(request.body))
  if (erasure.state === 'written-since') {
    const visit = await lessonVisitOf(site, request)
    const { savedAt } = await viewTake(site.ports, visit)
    const page = takeAndErasePage(wordsOf(site, visit.course), visit, savedAt, 'written-since')
    return sendPage(site, response, 409, page)
  }
  clearSession(site, response)
  // Whose it was is no longer known after an earlier click.
  const view = erasure.state === 'erased' ? erasure : { course: null, discreet: false }
  sendPage(site, response, 200, erasedPage(wordsOf(site, view.course ?? undefined), view))
}

/** Runs it, or without a fresh own session offers the link by email that opens one. */
async function orOfferLink(
  site: Site,
  request: TokenRequest,
  response: Response,
  status: 200 | 403,
  run: () => Promise<unknown>,
): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-fresh') throw error
    const visit = await lessonVisitOf(site, request)
    const words = wordsOf(site, visit.course)
    sendPage(site, response, status, linkFirstFor(words, visit, 'take', words.say('take.link-first')))
  }
}

/** When anything was last saved, as of the page with the button; without it, nothing may have been. */
function seenIn(body: unknown): number {
  const seen = (body as Record<string, unknown> | undefined)?.seen
  return typeof seen === 'string' && /^\d{1,16}$/.test(seen) ? Number(seen) : 0
}

/** The name says nothing about the content: it stays in the list of downloads. */
function sendFile(
  site: Site,
  response: Response,
  { course, enrolment }: LessonVisit,
  format: 'html' | 'json',
  text: string,
) {
  const date = localDateOf(enrolment.timeZone, site.ports.clock.now())
  response.attachment(`${wordsOf(site, course).say('take.file.name')}-${date}.${format}`)
  response.type(`${TYPES[format]}; charset=utf-8`).send(text)
}

const TYPES = { html: 'text/html', json: 'application/json' } as const
