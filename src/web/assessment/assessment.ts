import express, { type Request, type Response, Router } from 'express'
import type { Assessment, AssessmentAnswers, AssessmentResult } from '../../core/assessment/assessment.ts'
import { scoreAssessment, shownQuestions } from '../../core/assessment/score-assessment.ts'
import { startingPointOf } from '../../core/assessment/starting-point.ts'
import { startPath } from '../../core/course/public-pages.ts'
import { AppError } from '../../core/errors.ts'
import { paths } from '../../core/paths.ts'
import { phrase } from '../../core/words.ts'
import { applyStartingPoint, viewStart } from '../../flow/assessment/answer-starting-point.ts'
import { openOutcome, type ShownOutcome, sealOutcome } from '../../flow/assessment/outcome-ticket.ts'
import { sealTicket } from '../../flow/enrolment/starting-point.ts'
import { carePageContext, findByCode, findPublicPage, type ResolvedPage } from '../care/find-place.ts'
import type { Page } from '../page/page.ts'
import { sendPage } from '../page/send-page.ts'
import type { Site } from '../page/site.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession } from '../security/session-cookie.ts'
import { emptySignUpForm } from '../sign-up/sign-up-form.ts'
import { type AssessmentPageContext, allQuestionsPage, questionPage, startPage } from './assessment-view.ts'
import { type NextStep, outcomePage } from './outcome-view.ts'
import { type AssessmentForm, readAssessmentForm, unansweredQuestions } from './read-assessment-form.ts'

/** Far more than twelve questions with every box ticked. */
const BODY_LIMIT = '16kb'

/**
 * The self-assessment. Answers are posted from page to page in the form itself, and never put in a URL, log, cookie or
 * the database. Only the result may be stored, and only for people who sign up.
 */
export function createAssessment(site: Site): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: BODY_LIMIT })

  const post = (find: (request: Request) => ResolvedPage) => (request: Request, response: Response) => {
    const found = find(request)
    const assessment = assessmentOf(found)
    const place: AssessmentPageContext = {
      ...carePageContext(site, request, found),
      resources: found.resources,
      action: null,
    }
    const showOutcome = (outcome: ShownOutcome, ticket = sealOutcome(site.ports, place.course.name, outcome)) => {
      const result = scoreAssessment(assessment, outcome.answers)
      sendPage(site, response, 200, outcomePage(assessment, place, result, signUpOffer(site, place, result), ticket))
    }
    const shown = previousOutcome(site, place, request.body)
    if (shown?.outcome) return showOutcome(shown.outcome, shown.ticket)
    if (shown) return sendPage(site, response, 200, startPage(assessment, place))
    const read = readAssessmentForm(assessment, request.body)
    const page = nextPage(assessment, place, read)
    if (page !== null) return sendPage(site, response, 200, page)
    showOutcome({ answers: read.answers, applied: null })
  }
  router.post(
    '/courses/:course/start',
    form,
    post((request) => findPublicPage(site, String(request.params.course), { kind: 'start' })),
  )
  router.post(
    '/n/:code',
    form,
    post((request) => findByCode(site, String(request.params.code))),
  )

  router.get('/l/:token/start', async (request: Request<{ token: string }>, response: Response) => {
    const { assessment, place } = await openLearnerAssessment(site, request)
    sendPage(site, response, 200, startPage(assessment, place))
  })

  const limit = createRateLimit(site, 'writing')
  router.post('/l/:token/start', limit, form, async (request: Request<{ token: string }>, response: Response) => {
    const { token } = request.params
    const { assessment, place, view } = await openLearnerAssessment(site, request)
    const showOutcome = (outcome: ShownOutcome, ticket = sealOutcome(site.ports, place.course.name, outcome)) => {
      const applied = outcome.applied ?? { state: view.state, shaped: false, whole: false }
      const stopPath = paths.stop(view.stopToken)
      const next: NextStep = { kind: 'learner', backPath: paths.lesson(token), stopPath, ...applied }
      sendPage(
        site,
        response,
        200,
        outcomePage(assessment, place, scoreAssessment(assessment, outcome.answers), next, ticket),
      )
    }
    // Shown again without being applied again.
    const shown = previousOutcome(site, place, request.body)
    if (shown?.outcome) return showOutcome(shown.outcome, shown.ticket)
    if (shown) return sendPage(site, response, 200, startPage(assessment, place))
    const read = readAssessmentForm(assessment, request.body)
    const page = nextPage(assessment, place, read)
    if (page !== null) return sendPage(site, response, 200, page)
    const applied = await applyStartingPoint(site.ports, token, readSession(request), read.answers)
    showOutcome({ answers: read.answers, applied })
  })

  return router
}

async function openLearnerAssessment(site: Site, request: Request<{ token: string }>) {
  const { token } = request.params
  const view = await viewStart(site.ports, token, readSession(request))
  const resources = site.ports.courses.resourcesOf(view.course.name, view.course.language)
  const found = { course: view.course, resources, discreet: view.discreet }
  const place: AssessmentPageContext = {
    ...carePageContext(site, request as Request, found),
    resources,
    action: startPath(token),
    learner: { token, shapes: view.shapes, webOnly: view.webOnly },
  }
  return { assessment: assessmentOf(found), place, view }
}

/** For a reloaded page: what its outcome was made from; with null if that has expired. */
function previousOutcome(
  site: Site,
  place: AssessmentPageContext,
  body: unknown,
): { readonly ticket: string; readonly outcome: ShownOutcome | null } | null {
  const ticket = (body as Record<string, unknown> | undefined)?.outcome
  if (typeof ticket !== 'string') return null
  return { ticket, outcome: openOutcome(site.ports, ticket, place.course.name) }
}

/** The next page, or null when it is time for the outcome: immediately if an answer pauses the course. */
function nextPage(assessment: Assessment, place: AssessmentPageContext, form: AssessmentForm): Page | null {
  const { go, at, answers } = form
  const kept = go === 'skip' && at !== null ? without(answers, at) : answers
  const goesOn = go === 'next' || go === 'skip' || go === 'finish'
  if (goesOn && scoreAssessment(assessment, kept).access === 'paused') return null
  return form.mode === 'all'
    ? nextAllQuestionsPage(assessment, place, form)
    : nextSingleQuestionPage(assessment, place, form)
}

function nextAllQuestionsPage(
  assessment: Assessment,
  place: AssessmentPageContext,
  { go, seen, answers }: AssessmentForm,
): Page | null {
  if (go === 'begin') return allQuestionsPage(assessment, place, { answers, open: [] })
  const open = unansweredQuestions(assessment, answers)
  return open.length === 0 || seen ? null : allQuestionsPage(assessment, place, { answers, open })
}

function nextSingleQuestionPage(
  assessment: Assessment,
  place: AssessmentPageContext,
  { go, at, answers: given }: AssessmentForm,
): Page | null {
  const answers = go === 'skip' && at !== null ? without(given, at) : given
  const shown = shownQuestions(assessment, answers)
  const here = shown.findIndex(({ id }) => id === at)
  const fault = go === 'next' && at !== null && answers[at] === undefined
  const target = here + (fault ? 0 : go === 'back' ? -1 : go === 'next' || go === 'skip' ? 1 : 0)
  const question = shown[go === 'begin' ? 0 : Math.max(0, target)]
  if (question === undefined) return null
  const { track } = scoreAssessment(assessment, answers)
  return questionPage(assessment, place, { question, answers, track, fault })
}

/** Signing up from here includes the course variant and restrictions, encrypted, and never an answer. */
function signUpOffer(site: Site, place: AssessmentPageContext, result: AssessmentResult): NextStep {
  if (result.access === 'paused') return { kind: 'nothing' }
  const start = startingPointOf(result, true)
  const ticket = sealTicket(site.ports, { course: place.course.name, start })
  const empty = emptySignUpForm(place.course)
  const draft = { ...empty.draft, discreet: place.discreet }
  return { kind: 'join', form: { ...empty, draft, start: { ticket, hasPlan: start.plan !== null, mailPlan: false } } }
}

function assessmentOf({ resources }: Pick<ResolvedPage, 'resources'>): Assessment {
  if (resources.assessment === null) throw new AppError('not-found', phrase('errors.no-page'))
  return resources.assessment
}

function without(answers: AssessmentAnswers, id: string): AssessmentAnswers {
  return Object.fromEntries(Object.entries(answers).filter(([question]) => question !== id))
}
