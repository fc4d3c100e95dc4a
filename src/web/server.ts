import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import express, { type Express, type NextFunction, type Request, type Response, type Router } from 'express'
import helmet from 'helmet'
import type { Ports } from '../flow/ports/ports.ts'
import { createAssessment } from './assessment/assessment.ts'
import { pageNotFound } from './care/find-place.ts'
import { createLibrary } from './course/library.ts'
import { createPublicPages } from './course/public-pages.ts'
import { createEmailView } from './delivery/email-view.ts'
import { createDesk } from './desk/desk.ts'
import { createErase } from './enrolment/erase.ts'
import { createPause } from './enrolment/pause.ts'
import { createReminder } from './enrolment/reminder.ts'
import { createSettings } from './enrolment/settings.ts'
import { createStop } from './enrolment/stop.ts'
import { createCheckIn } from './exercise/check-in.ts'
import { createDraft } from './exercise/draft.ts'
import { createFirstLesson } from './exercise/first-lesson.ts'
import { createLesson } from './exercise/lesson.ts'
import { createAddress } from './learner/address.ts'
import { createRecoverySettings } from './learner/recovery-settings.ts'
import { createWayBack } from './learner/way-back.ts'
import { createHealth } from './operations/health.ts'
import { createAssets } from './page/assets.ts'
import { createBasePath } from './page/base-path.ts'
import { handleErrors, notFound } from './page/handle-errors.ts'
import { exitSite } from './page/quick-exit-site.ts'
import type { Site, SiteHealth, SiteSettings } from './page/site.ts'
import { createStyles } from './page/styles.ts'
import { createPrivacy } from './privacy/privacy.ts'
import { createPublication } from './publication/publication.ts'
import { createAsk } from './question/ask.ts'
import { createQuestions } from './question/questions.ts'
import { createReportWebhooks } from './reports/report-webhooks.ts'
import { createProxyWatch } from './security/check-proxy-count.ts'
import { refuseCrossSite } from './security/cross-site.ts'
import { createEndSession } from './security/end-session.ts'
import { createNeutralStart } from './security/neutral-start.ts'
import { createConfirm } from './sign-up/confirm.ts'
import { createHome } from './sign-up/home.ts'
import { createSignUp } from './sign-up/sign-up.ts'
import { createFinished } from './writing/finished.ts'
import { createNotes } from './writing/notes.ts'
import { createOwnSession } from './writing/own-session.ts'
import { createShare } from './writing/share.ts'
import { createTake } from './writing/take.ts'

/** Every route of the site, by feature. The paths are disjoint but for one, so the order matters only as said. */
const ROUTES: Readonly<Record<string, readonly ((site: Site) => Router)[]>> = {
  // First, because every route that a request passes costs time, and when many arrive at once most arrive here.
  'sign-up': [createSignUp, createHome, createConfirm],
  page: [({ assets }) => assets.router, createStyles],
  operations: [createHealth],
  reports: [createReportWebhooks],
  privacy: [createPrivacy],
  // Before everything else below a lesson link: for short emails the neutral start page comes before it.
  security: [createNeutralStart, createEndSession],
  course: [createPublicPages, createLibrary],
  publication: [createPublication],
  assessment: [createAssessment],
  enrolment: [createErase, createStop, createPause, createReminder, createSettings],
  learner: [createWayBack, createRecoverySettings, createAddress],
  delivery: [createEmailView],
  exercise: [createFirstLesson, createDraft, createCheckIn, createLesson],
  question: [createAsk, createQuestions],
  writing: [createNotes, createTake, createFinished, createShare, createOwnSession],
}

interface SiteParts {
  readonly ports: Ports
  readonly settings: SiteSettings
  readonly health: SiteHealth
}

/** The whole site as an Express application; the caller listens and closes. */
export function createSite(parts: SiteParts): Express {
  return createExpress(parts, [...Object.values(ROUTES).flat(), ...(parts.settings.deskOnSite ? [createDesk] : [])])
}

/** The operator's desk alone, for a port of its own. `settings.publicUrl` is the address of that port. */
export function createDeskSite(parts: SiteParts): Express {
  return createExpress(parts, [({ assets }) => assets.router, createDesk])
}

function createExpress(parts: SiteParts, routes: readonly ((site: Site) => Router)[]): Express {
  const assets = createAssets(fileURLToPath(new URL('./public/', import.meta.url)))
  const proxies = createProxyWatch(parts.settings.trustProxy, parts.ports.log)
  const site: Site = { ...parts, assets, proxies }
  const app = express()
  app.set('trust proxy', site.settings.trustProxy)
  app.set('etag', false)
  app.disable('x-powered-by')

  const base = site.settings.publicUrl.path
  if (base !== '') app.use(createBasePath(base))
  app.use(createHeaders(site.settings))
  app.use(proxies.inspect)
  app.use(refuseCrossSite(site.settings))
  app.use(refuseNul)
  for (const create of routes) app.use(create(site))
  app.use(notFound)
  app.use(handleErrors(site))
  return app
}

/** No address of the site has this character, and Postgres fails on it. */
function refuseNul(request: Request, _response: Response, next: NextFunction): void {
  next(request.url.includes('%00') ? pageNotFound() : undefined)
}

function createHeaders(settings: SiteSettings) {
  const secure = settings.publicUrl.secure
  const common = headersOf(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          fontSrc: ["'self'"],
          connectSrc: ["'self'"],
          // Leaving without scripts is a form, and a browser asks this also of where its answer leads.
          formAction: ["'self'", new URL(exitSite.url).origin],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
          ...(secure ? { upgradeInsecureRequests: [] } : {}),
        },
      },
      // Hides the referrer from other sites; `no-referrer` would also remove the origin that form posts are checked by.
      referrerPolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
      // Over plain http the header means nothing, and on localhost it would reach other projects.
      strictTransportSecurity: secure ? { maxAge: 365 * 24 * 3600, includeSubDomains: false } : false,
    }),
  )
  return (request: Request, response: Response, next: NextFunction): void => {
    for (const [name, value] of common) response.setHeader(name, value)
    response.setHeader('Cache-Control', 'no-store')
    if (!isPublic(request.path)) response.setHeader('X-Robots-Tag', 'noindex, nofollow')
    next()
  }
}

/** The headers of this middleware do not depend on the request, so it runs only once. */
function headersOf(middleware: ReturnType<typeof helmet>): readonly (readonly [name: string, value: string])[] {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  middleware(request, response, (error) => {
    if (error) throw error
  })
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)])
}

/** Pages that search engines may show; everything else belongs to one person. */
function isPublic(path: string): boolean {
  return path === '/' || path === '/privacy' || path.startsWith('/courses/') || path.startsWith('/assets/')
}
