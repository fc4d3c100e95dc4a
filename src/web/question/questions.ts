import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { paths } from '../../core/paths.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import { askQuestion } from '../../flow/question/ask-question.ts'
import { confirmQuestion } from '../../flow/question/confirm-question.ts'
import { deleteQuestion } from '../../flow/question/delete-question.ts'
import { viewQuestion, viewQuestions } from '../../flow/question/read-question.ts'
import { requireOwnSession } from '../../flow/security/sessions.ts'
import { sendPage } from '../page/send-page.ts'
import { messageOf, type Site, wordsOf } from '../page/site.ts'
import { lessonVisitOf } from '../security/lesson-visit.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { afterAsking, isRefused, QUESTION_LIMIT } from './ask.ts'
import { askContextOf } from './ask-context.ts'
import { type AskDraft, EMPTY_DRAFT } from './ask-form.ts'
import { deleteQuestionPage, questionPage, questionsClosedPage, questionsPage } from './questions-view.ts'

type TokenRequest = Request<{ token: string }>
type QuestionRequest = Request<{ token: string; id: string }>

/**
 * What a learner asked and the answers, in an own session. Without one, every path below /l/<token>/questions shows the same
 * page, which offers a link by email.
 */
export function createQuestions(site: Site): Router {
  const router = Router()
  const limit = createRateLimit(site, 'writing')
  const smallForm = express.urlencoded({ extended: false, limit: '1kb' })

  /** Answers with what `act` sends. */
  const own =
    <Params extends { token: string }>(
      act: (request: Request<Params>, response: Response, visit: LessonVisit) => Promise<void>,
    ) =>
    async (request: Request<Params>, response: Response) => {
      const visit = await lessonVisitOf(site, request)
      try {
        requireOwnSession(visit.viewer.session)
        await act(request, response, visit)
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'not-fresh') throw error
        sendPage(site, response, 200, questionsClosedPage(wordsOf(site, visit.course), visit))
      }
    }

  const showOne = async (
    request: QuestionRequest,
    response: Response,
    visit: LessonVisit,
    status: number,
    draft: AskDraft,
  ) => {
    const question = await viewQuestion(site.ports, visit, idOf(request))
    const more = { context: askContextOf(site, request as Request, visit), draft, now: site.ports.clock.now() }
    sendPage(site, response, status, questionPage(wordsOf(site, visit.course), visit, question, more))
  }

  router.get('/l/:token/page', (request: TokenRequest, response: Response) =>
    response.redirect(303, paths.questions(request.params.token)),
  )

  router.get(
    '/l/:token/questions',
    own(async (request: TokenRequest, response, visit) => {
      const questions = await viewQuestions(site.ports, visit)
      const more = { asks: visit.course.questions !== null, isDeleted: request.query.deleted === '1' }
      sendPage(site, response, 200, questionsPage(wordsOf(site, visit.course), visit, questions, more))
    }),
  )

  router.get(
    '/l/:token/questions/:id',
    own((request: QuestionRequest, response, visit) => showOne(request, response, visit, 200, EMPTY_DRAFT)),
  )

  router.post(
    '/l/:token/questions/:id',
    limit,
    express.urlencoded({ extended: false, limit: QUESTION_LIMIT }),
    own(async (request: QuestionRequest, response, visit) => {
      const { question: typed } = (request.body ?? {}) as Record<string, unknown>
      const text = typeof typed === 'string' ? typed : ''
      try {
        const { enrolment, course } = visit
        const asked = await askQuestion(site.ports, {
          ...{ enrolment, course, text, questionId: idOf(request) },
          ...{ day: null, allowsName: false, via: 'form', isConfirmed: true },
        })
        response.redirect(303, afterAsking(site, visit, asked.showsHelp))
      } catch (error) {
        if (!isRefused(error)) throw error
        const faults = { question: messageOf(error, wordsOf(site, visit.course)) }
        const status = error.code === 'bad-input' ? 400 : 429
        await showOne(request, response, visit, status, { ...EMPTY_DRAFT, text, faults })
      }
    }),
  )

  router.post(
    '/l/:token/questions/:id/confirm',
    limit,
    smallForm,
    own(async (request: QuestionRequest, response, visit) => {
      const { word } = (request.body ?? {}) as Record<string, unknown>
      // Nothing is deleted without a no.
      if (word !== 'yes' && word !== 'no') return response.redirect(303, paths.question(visit.token, idOf(request)))
      const asked = await confirmQuestion(site.ports, visit, idOf(request), word)
      response.redirect(
        303,
        asked === null ? `${paths.questions(visit.token)}?deleted=1` : afterAsking(site, visit, asked.showsHelp),
      )
    }),
  )

  router.get(
    '/l/:token/questions/:id/delete',
    own(async (request: QuestionRequest, response, visit) => {
      const question = await viewQuestion(site.ports, visit, idOf(request))
      sendPage(site, response, 200, deleteQuestionPage(wordsOf(site, visit.course), visit, question))
    }),
  )

  router.post(
    '/l/:token/questions/:id/delete',
    limit,
    own(async (request: QuestionRequest, response, visit) => {
      await deleteQuestion(site.ports, visit, idOf(request))
      response.redirect(303, `${paths.questions(visit.token)}?deleted=1`)
    }),
  )

  return router
}

/** No question has the id 0. */
function idOf({ params: { id } }: QuestionRequest): number {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0
}
