import express, { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express'
import { deskPaths } from '../../core/desk/desk-paths.ts'
import { includesRole } from '../../core/desk/roles.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import { findSignedIn } from '../../flow/desk/operator-session.ts'
import { ERROR_STATUSES } from '../page/handle-errors.ts'
import { html } from '../page/html.ts'
import { messageOf, type Site } from '../page/site.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { account } from './account.ts'
import { audit } from './audit.ts'
import { courses } from './courses/courses.ts'
import { deliveries } from './deliveries/deliveries.ts'
import { setAside } from './deliveries/set-aside.ts'
import { type Access, DESK_ACCESS, type DeskRoute } from './desk-access.ts'
import { readDeskCookie } from './desk-cookie.ts'
import { sendDeskPage, sentencePage } from './desk-page.ts'
import { type DeskVisit, deskWords, type OperatorVisit } from './desk-visit.ts'
import { operators } from './operators.ts'
import { people } from './people.ts'
import { consent } from './person/consent.ts'
import { correctionOfAddress } from './person/correct-address.ts'
import { exportOfPerson } from './person/export-person.ts'
import { personActs } from './person-acts.ts'
import { passages } from './questions/passages.ts'
import { publish } from './questions/publish.ts'
import { published } from './questions/published.ts'
import { questionActs } from './questions/question-acts.ts'
import { questions } from './questions/questions.ts'
import { signIn } from './sign-in.ts'
import { suppression } from './suppression/suppression.ts'
import { today } from './today.ts'

type Handle<Visit> = (visit: Visit) => Promise<void> | void

/** What each route does. Those that ask for a role are only reached by somebody who has it. */
type Handlers = {
  readonly [Route in DeskRoute]: Handle<(typeof DESK_ACCESS)[Route]['role'] extends null ? DeskVisit : OperatorVisit>
}

const HANDLERS: Handlers = {
  ...signIn,
  ...today,
  ...people,
  ...personActs,
  ...exportOfPerson,
  ...correctionOfAddress,
  ...consent,
  ...deliveries,
  ...setAside,
  ...suppression,
  ...courses,
  ...account,
  ...operators,
  ...audit,
  ...questions,
  ...questionActs,
  ...passages,
  ...publish,
  ...published,
}

/** Every route below /desk, made from DESK_ACCESS. */
export function createDesk(site: Site): Router {
  const router = Router()
  const readForm = express.urlencoded({ extended: false, limit: '16kb' })
  const readLargeForm = express.urlencoded({ extended: false, limit: '2mb' })
  router.use('/desk', express.json({ limit: '64kb' }))
  for (const [route, access] of Object.entries(DESK_ACCESS) as [DeskRoute, Access][]) {
    const [method, path] = route.split(' ') as ['get' | 'post', string]
    const register = method === 'get' ? router.get.bind(router) : router.post.bind(router)
    const limits = createRateLimit(site, access.attempt ? 'signIns' : 'desk')
    const before = access.large ? limits : [...limits, readForm]
    register(path, ...before, async (request: Request, response: Response) => {
      if (access.large) {
        // Only of those who may send it; by its end they may be somebody else.
        if (!isLetIn(await visitOf(site, request, response), access)) return
        await readBody(readLargeForm, request, response)
      }
      const visit = await visitOf(site, request, response)
      if (!isLetIn(visit, access)) return
      return HANDLERS[route](visit as OperatorVisit)
    })
  }
  router.use('/desk', showError(site))
  return router
}

/** Whoever is not signed in is led to do so. Fails with `not-yet` for those whom the table does not name, and with `not-fresh`. */
function isLetIn({ signedIn, response }: DeskVisit, access: Access): boolean {
  if (access.role === null) return true
  if (signedIn === null) {
    response.redirect(303, deskPaths.signIn())
    return false
  }
  if (!includesRole(signedIn.operator.role, access.role))
    throw new AppError('not-yet', phrase('desk.errors.not-your-role'))
  if (access.answers && signedIn.answersFor.length === 0)
    throw new AppError('not-yet', phrase('desk.errors.answers-for-none'))
  if (access.fresh && !signedIn.isFresh) throw new AppError('not-fresh', phrase('desk.errors.not-fresh'))
  return true
}

function readBody(read: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    read(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)))
  })
}

async function visitOf(site: Site, request: Request, response: Response): Promise<DeskVisit> {
  const signedIn = await findSignedIn(site.ports, readDeskCookie(site, request))
  return { site, words: deskWords(site, signedIn?.operator), request, response, signedIn }
}

/** Expected errors as a page of the desk; anything else goes to the handler of the site. */
function showError(site: Site) {
  return async (error: unknown, request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (!(error instanceof AppError) || error.phrase === null || response.headersSent) return next(error)
    const visit = await visitOf(site, request, response)
    const { words } = visit
    const status = ERROR_STATUSES[error.code]
    if (request.is('application/json')) {
      response.status(status).json({ ok: false, code: error.code, message: messageOf(error, words) })
      return
    }
    const again = html`<p><a class="button" href="${deskPaths.signIn()}">${words.say('desk.sign-in.again')}</a></p>`
    const isAboutSignIn = error.code === 'not-fresh' || error.code === 'link-expired'
    const heading = words.say('desk.errors.heading')
    sendDeskPage(visit, status, sentencePage(heading, messageOf(error, words), isAboutSignIn ? again : null))
  }
}
