import { type NextFunction, type Request, type Response, Router } from 'express'
import { neutralView } from '../../flow/exercise/view-lesson.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { lessonVisitOf } from './lesson-visit.ts'
import { neutralPage, type SavedState } from './neutral-page.ts'

/** Paths below a lesson link that are open to anybody who has it; their responses do not depend on restrictions. */
const OPEN_TO_ALL: Readonly<Record<string, readonly string[]>> = {
  // What follows a question, and the way to the questions, are the same for everybody without an own session.
  GET: ['settings', 'settings/word', 'settings/address', 'asked', 'page', 'questions'],
  // Text is saved, and answers may lead to help, but neither shows anything stored earlier.
  POST: [
    '',
    'draft',
    'start',
    'again',
    'read',
    'settings',
    'settings/word',
    'settings/pause',
    'settings/pause/end',
    'settings/code',
    'settings/way-back',
    'settings/address',
    'reminder',
    'ask',
    // Without an own session it offers a link by email, whatever else is true.
    'take/leave',
  ],
}

/**
 * Handles everything below `/l/<token>`. With short emails and without a session of one's own, every URL there shows
 * the same neutral page, so that no page, status, header, file name or timing reveals anything about the learner.
 */
export function createNeutralStart(site: Site): Router {
  const router = Router()
  router.use('/l/:token', async (request: Request<{ token: string }>, response: Response, next: NextFunction) => {
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const below = request.path.replace(/^\/|\/$/g, '')
    if (OPEN_TO_ALL[method]?.includes(below) ?? true) return next()
    const view = neutralView(site.ports, await lessonVisitOf(site, request))
    if (view === null) return next()
    sendPage(site, response, 200, neutralPage(wordsOf(site, view.course), view, savedStateOf(request)))
  })
  return router
}

function savedStateOf({ query }: Request<{ token: string }>): SavedState {
  return query.saved === 'text' || query.saved === 'part' ? query.saved : null
}
