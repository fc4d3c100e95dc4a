import type { NextFunction, Request, Response } from 'express'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import { phrase, type Words } from '../../core/words.ts'
import { errorPage, type ShownCode } from './message-pages.ts'
import { sendPage, wantsJson } from './send-page.ts'
import { type Site, wordsOf, written } from './site.ts'

export const ERROR_STATUSES: Readonly<Record<ErrorCode, number>> = {
  'bad-input': 400,
  'bad-link': 404,
  'link-expired': 410,
  'not-yet': 403,
  'not-fresh': 403,
  gone: 410,
  'too-many': 429,
  'too-large': 413,
  'not-found': 404,
  'cross-site': 403,
  busy: 503,
  misconfigured: 500,
}

/** The only place where error codes become statuses. JSON for JSON clients, a page for people. */
export function handleErrors(site: Site) {
  return (thrown: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(thrown)
      return
    }
    const words = wordsOf(site)
    const error = read(thrown, words)
    // The route's pattern rather than the URL, which contains the learner's token.
    if (error.status >= 500) {
      site.ports.log.error({ err: thrown, route: request.route?.path, method: request.method }, 'A request failed.')
    }
    if (error.status === 503) response.set('Retry-After', '5')
    if (wantsJson(request)) {
      const { status, ...body } = error
      response.status(status).json({ ok: false, ...body })
    } else {
      sendPage(site, response, error.status, errorPage(words, error.code, error.message))
    }
  }
}

/** For every path without a route. */
export function notFound(_request: Request, _response: Response, next: NextFunction): void {
  next(new AppError('not-found', phrase('errors.no-page')))
}

interface ErrorBody {
  readonly status: number
  readonly code: ShownCode
  readonly message: string
  readonly fields?: Readonly<Record<string, string>>
}

function read(thrown: unknown, words: Words): ErrorBody {
  if (thrown instanceof AppError && thrown.code !== 'misconfigured') {
    const { code, fields } = thrown
    const message = words.of(thrown.phrase ?? phrase('errors.busy'))
    return { status: ERROR_STATUSES[code], code, message, fields: written(words, fields) }
  }
  const status = statusOf(thrown)
  if (status === 413)
    return {
      status,
      code: 'too-large',
      message: words.say('errors.too-large'),
    }
  if (status >= 400 && status < 500) {
    return { status, code: 'bad-input', message: words.say('errors.unreadable') }
  }
  return { status: 500, code: 'failed', message: words.say('errors.failed') }
}

/** Express and its body parsers set a status on errors they throw. */
function statusOf(thrown: unknown): number {
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown)) return 500
  return typeof thrown.status === 'number' ? thrown.status : 500
}
