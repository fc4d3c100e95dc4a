import express, { type Request, type Response, Router } from 'express'
import { LIBRARY_ACCESS } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import { paths } from '../../core/paths.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import { changeProposal } from '../../flow/publication/change-proposal.ts'
import { acceptPublication, declinePublication } from '../../flow/publication/decide-publication.ts'
import { viewPublication } from '../../flow/publication/view-publication.ts'
import { withdrawPublication } from '../../flow/publication/withdraw-publication.ts'
import { pageNotFound } from '../care/find-place.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf, written } from '../page/site.ts'
import { questionsClosedPage } from '../question/questions-view.ts'
import { lessonVisitOf } from '../security/lesson-visit.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { CHANGED_FIELDS, publicationPage } from './publication-view.ts'

type QuestionRequest = Request<{ token: string; id: string }>
type Fields = Readonly<Record<string, unknown>>

/**
 * /l/<token>/questions/<id>/publication, for an own session: what is to stand in the library (GET); yes, no, own words, and
 * out again (POST). Without the session it shows the page that all questions show, which offers a link by email.
 */
export function createPublication(site: Site): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '64kb' })

  router.get('/l/:token/questions/:id/publication', async (request: QuestionRequest, response: Response) => {
    const visit = await lessonVisitOf(site, request)
    await orOfferLink(site, response, visit, () => show(site, response, visit, questionIdOf(request), 200, null))
  })

  router.post(
    '/l/:token/questions/:id/publication',
    createRateLimit(site, 'writing'),
    form,
    async (request: QuestionRequest, response: Response) => {
      const visit = await lessonVisitOf(site, request)
      const typed = (request.body ?? {}) as Fields
      await orOfferLink(site, response, visit, () => act(site, response, visit, questionIdOf(request), typed))
    },
  )

  return router
}

async function act(site: Site, response: Response, visit: LessonVisit, questionId: number, typed: Fields) {
  const version = positiveIn(typed.version)
  try {
    switch (typed.do) {
      case 'yes': {
        const library = LIBRARY_ACCESS.find((one) => one === typed.library)
        if (library === undefined) throw pageNotFound()
        const staysWhenErased = typed.erased === 'stays'
        await acceptPublication(site.ports, visit, questionId, { version, library, staysWhenErased })
        break
      }
      case 'no':
        await declinePublication(site.ports, visit, questionId, version)
        break
      case 'change':
        await changeProposal(site.ports, visit, questionId, { version, typed })
        break
      case 'withdraw':
        await withdrawPublication(site.ports, visit, questionId)
        break
      default:
        throw pageNotFound()
    }
  } catch (error) {
    if (!(error instanceof AppError) || !['bad-input', 'not-yet'].includes(error.code)) throw error
    return show(site, response, visit, questionId, error.code === 'bad-input' ? 400 : 409, { error, typed })
  }
  response.redirect(303, paths.publication(visit.token, questionId))
}

async function show(
  site: Site,
  response: Response,
  visit: LessonVisit,
  questionId: number,
  status: number,
  failed: { readonly error: AppError; readonly typed: Fields } | null,
): Promise<void> {
  const view = await viewPublication(site.ports, visit, questionId)
  const words = wordsOf(site, visit.course)
  const now = site.ports.clock.now()
  const faults = failed === null ? {} : written(words, failed.error.fields)
  const typed = Object.fromEntries(CHANGED_FIELDS.map((field) => [field, textIn(failed?.typed[field])]))
  const hasMoved = failed?.error.code === 'not-yet'
  sendPage(site, response, status, publicationPage(words, visit, view, { faults, typed, hasMoved, now }))
}

/** Runs it, or without an own session offers the link by email that opens one. */
async function orOfferLink(site: Site, response: Response, visit: LessonVisit, run: () => Promise<void>) {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-fresh') throw error
    sendPage(site, response, 200, questionsClosedPage(wordsOf(site, visit.course), visit))
  }
}

/** 0 for what is no number of a question: there is none. */
function questionIdOf({ params }: QuestionRequest): number {
  return positiveIn(params.id)
}

/** 0 for anything that is not a positive whole number. */
function positiveIn(value: unknown): number {
  return typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : 0
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
