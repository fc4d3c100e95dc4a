import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import helmet from 'helmet'
import type { Ports } from '../flow/ports.ts'
import { createAssets } from './assets.ts'
import { createBasePath } from './base-path.ts'
import { createCheckIn } from './check-in.ts'
import { createConfirm } from './confirm.ts'
import { refuseCrossSite } from './cross-site.ts'
import { createDraft } from './draft.ts'
import { createErase } from './erase.ts'
import { exitSite } from './exit-site.ts'
import { createGate } from './gate.ts'
import { handleErrors, notFound } from './handle-errors.ts'
import { createHealth } from './health.ts'
import { createHome } from './home.ts'
import { createHooks } from './hooks.ts'
import { createLesson } from './lesson.ts'
import { createMail } from './mail.ts'
import { createNotes } from './notes.ts'
import { createPlaces } from './places.ts'
import { createPrivacy } from './privacy.ts'
import { createProxyWatch } from './proxy-watch.ts'
import { createReading } from './reading.ts'
import { createSession } from './session.ts'
import { createSettings } from './settings.ts'
import { createShare } from './share.ts'
import { createSignUp } from './sign-up.ts'
import type { Site, SiteHealth, SiteSettings } from './site.ts'
import { createStart } from './start.ts'
import { createStop } from './stop.ts'

export type { SiteHealth, SiteSettings } from './site.ts'

/** The whole site as an Express application; whoever calls it listens, and closes. */
export function createSite(parts: { ports: Ports; settings: SiteSettings; health: SiteHealth }): Express {
  const site: Site = { ...parts, assets: createAssets(fileURLToPath(new URL('./public/', import.meta.url))) }
  const app = express()
  app.set('trust proxy', site.settings.trustProxy)
  app.set('etag', false)
  app.disable('x-powered-by')

  const base = site.settings.publicUrl.path
  if (base !== '') app.use(createBasePath(base))
  app.use(createHeaders(site.settings))
  const proxies = createProxyWatch(site.settings.trustProxy, site.ports.log)
  app.use(proxies.look)
  app.use(refuseCrossSite(site.settings))
  // First, because every resource that a request passes costs time, and most arrive here when many arrive at once.
  app.use(createSignUp(site))
  app.use(site.assets.router)
  app.use(createHealth(site, proxies), createHooks(site))
  app.use(createHome(site), createPrivacy(site))
  app.use(createGate(site), createPlaces(site), createStart(site))
  app.use(createConfirm(site), createErase(site), createStop(site), createSession(site), createMail(site))
  // Before the lesson page, whose address is the shorter one.
  app.use(createDraft(site), createSettings(site), createNotes(site), createShare(site), createReading(site))
  app.use(createCheckIn(site), createLesson(site))
  app.use(notFound)
  app.use(handleErrors(site))
  return app
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
          connectSrc: ["'self'"],
          // Leaving without scripts is a form, and a browser asks this also of where its answer leads.
          formAction: ["'self'", new URL(exitSite.url).origin],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
          ...(secure ? { upgradeInsecureRequests: [] } : {}),
        },
      },
      // No other site learns where somebody came from. Without any referrer, forms would have no origin to be known by.
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

/** What this middleware gives to every answer: it is asked once, for it decides nothing by the request. */
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
