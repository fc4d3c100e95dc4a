import express, { type Request, type Response, Router } from 'express'
import type { Course } from '../../core/course/course.ts'
import { likelyZones } from '../../core/delivery/likely-zones.ts'
import { AppError } from '../../core/errors.ts'
import { paths } from '../../core/paths.ts'
import { phrase } from '../../core/words.ts'
import { openTicket, type StartTicket } from '../../flow/enrolment/starting-point.ts'
import { signUp } from '../../flow/sign-up/sign-up.ts'
import type { SignUpInput } from '../../flow/views.ts'
import { sendPage, wantsJson } from '../page/send-page.ts'
import { courseOf, type Site, wordsOf, written } from '../page/site.ts'
import { limitClients } from '../security/rate-limits.ts'
import { checkInboxPage } from './check-inbox.ts'
import { applySuggestionAnswer, checkSignUp, draftOf, HONEYPOT, type RefusedSignUp } from './check-sign-up.ts'
import { courseLinksOf } from './course-links.ts'
import { homePage } from './home-view.ts'
import { emptySignUpForm, type SignUpForm, type StartingPointPart } from './sign-up-form.ts'

const BODY_LIMIT = '16kb'
const HOUR_MS = 3600 * 1000

/** POST /sign-up, form or JSON. The response is the same for any address, and for scripts caught by the honeypot. */
export function createSignUp(site: Site): Router {
  const router = Router()

  router.get(paths.signUp(), (_request: Request, response: Response) => response.redirect(302, paths.home()))

  router.post(
    paths.signUp(),
    limitClients(site, {
      limit: site.settings.signUpLimit,
      windowMs: HOUR_MS,
      // Counts accepted sign-ups, not typing errors.
      countAcceptedOnly: true,
      message: phrase('sign-up.too-many'),
    }),
    express.urlencoded({ extended: false, limit: BODY_LIMIT }),
    express.json({ limit: BODY_LIMIT }),
    async (request: Request, response: Response) => {
      const body = applySuggestionAnswer(request.body)
      const course = requestedCourse(site, body)
      if (isHoneypotFilled(body)) return accept(site, request, response, course, body)
      const checked = checkSignUp(course, body, request.is('json') ? 'json' : 'form')
      if ('faults' in checked) return refuse(site, request, response, course, checked)
      try {
        await signUp(site.ports, withStartingPoint(checked.input, startingPointTicketIn(site, course, body)))
      } catch (error) {
        if (error instanceof AppError && error.code === 'bad-input') {
          return refuse(site, request, response, course, { faults: error.fields, suggestion: null })
        }
        throw error
      }
      accept(site, request, response, course, body)
    },
  )

  // Shows the form again with everything that was typed. Stores and sends nothing.
  router.post(
    paths.changeSignUp(),
    express.urlencoded({ extended: false, limit: BODY_LIMIT }),
    (request: Request, response: Response) => {
      const course = requestedCourse(site, request.body)
      const form = { ...formOf(site, request, course), isChange: true }
      sendPage(site, response, 200, homePage(wordsOf(site, course), course, form, courseLinksOf(site, course)))
    },
  )

  return router
}

function requestedCourse(site: Site, body: unknown): Course {
  const name = typeof body === 'object' && body !== null && 'course' in body ? body.course : undefined
  if (name === undefined || name === '') return courseOf(site, site.ports.settings.course)
  return courseOf(site, typeof name === 'string' ? name : '')
}

/** The outcome's ticket, unless the person chose not to have it stored. */
function startingPointTicketIn(site: Site, course: Course, body: unknown): StartTicket | null {
  if (typeof body !== 'object' || body === null || !('start' in body) || typeof body.start !== 'string') return null
  if ('without' in body) return null
  const ticket = openTicket(site.ports, body.start, course.name)
  const mailPlan = 'mailPlan' in body && body.mailPlan === 'on'
  return ticket && { ...ticket, start: mailPlan ? ticket.start : { ...ticket.start, plan: null } }
}

/** The outcome, when the form is shown again. */
function startingPointPartOf(site: Site, course: Course, body: unknown): StartingPointPart | null {
  const ticket = startingPointTicketIn(site, course, { ...(body as object), mailPlan: 'on' })
  if (ticket === null || typeof body !== 'object' || body === null || !('start' in body)) return null
  return { ticket: String(body.start), hasPlan: ticket.start.plan !== null, mailPlan: 'mailPlan' in body }
}

function withStartingPoint(input: Omit<SignUpInput, 'start'>, ticket: StartTicket | null): SignUpInput {
  return { ...input, start: ticket === null ? null : ticket.start }
}

function isHoneypotFilled(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !(HONEYPOT in body)) return false
  return body[HONEYPOT] !== '' && body[HONEYPOT] !== undefined && body[HONEYPOT] !== null
}

function accept(site: Site, request: Request, response: Response, course: Course, body: unknown): void {
  const draft = draftOf(body)
  const chosen = site.ports.courses.get(course.name, draft.language) ?? course
  const words = wordsOf(site, chosen)
  if (wantsJson(request)) response.status(200).json({ ok: true, message: words.say('sign-up.inbox.accepted') })
  else sendPage(site, response, 200, checkInboxPage(words, chosen, draft, startingPointPartOf(site, course, body)))
}

function refuse(
  site: Site,
  request: Request,
  response: Response,
  course: Course,
  { faults: phrases, suggestion }: RefusedSignUp,
): void {
  const words = wordsOf(site, course)
  const faults = written(words, phrases)
  if (wantsJson(request)) {
    const message = words.say('sign-up.correct-fields')
    const asked = suggestion === null ? {} : { suggestions: { email: suggestion } }
    response.status(400).json({ ok: false, code: 'bad-input', message, fields: faults, ...asked })
  } else {
    const form = { ...formOf(site, request, course), faults, suggestion }
    sendPage(site, response, 400, homePage(words, course, form, courseLinksOf(site, course)))
  }
}

/** The form as submitted. */
function formOf(site: Site, request: Request, course: Course): SignUpForm {
  return {
    ...emptySignUpForm(course, likelyZones(request.headers['accept-language'] ?? '')),
    draft: draftOf(request.body),
    start: startingPointPartOf(site, course, request.body),
  }
}
