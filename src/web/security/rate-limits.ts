import type { NextFunction, Request, Response } from 'express'
import { type ClientRateLimitInfo, rateLimit, type Store } from 'express-rate-limit'
import { tooManyPage } from '../page/message-pages.ts'
import { sendPage, wantsJson } from '../page/send-page.ts'
import type { Site } from '../page/site.ts'
import { isOwnRequest } from './lesson-visit.ts'
import { clientOf } from './request-client.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A /48 holds 256 households of a /56 each, or one customer of a hosting company. */
const WIDE_FACTOR = 10
/** Clients remembered at a time, for each limit: about 10 MB. Beyond it the one that came first is forgotten. */
const MAX_KEYS = 50_000
/** A token is shorter; what is longer opens nothing. */
const MAX_LINK_LENGTH = 100

interface Rule {
  /** For each client address, within the window; ten times as many for each IPv6 /48. */
  readonly perClient: number
  /** For each link of an email, within the window. */
  readonly perLink?: number
  readonly windowMs: number
  readonly message: string
}

/**
 * What one client, or the holders of one link, may ask for. A person who types without a pause saves a draft about once a
 * second in each tab (public/draft.js), and a family or a school shares an address.
 */
const RULES = {
  drafts: {
    perClient: 2_400,
    perLink: 240,
    windowMs: MINUTE_MS,
    message: 'That was a lot of saving at once. What you wrote is still on this page and will be saved in a minute.',
  },
  writing: {
    perClient: 300,
    perLink: 90,
    windowMs: MINUTE_MS,
    message: 'That was a lot at once. Please wait a minute and press the button again.',
  },
  sessions: { perClient: 300, windowMs: MINUTE_MS, message: 'That was a lot at once. Please try again in a minute.' },
  links: {
    perClient: 60,
    perLink: 20,
    windowMs: HOUR_MS,
    message: 'Too many links were requested in the last hour. Look in your inbox, or try again later.',
  },
} as const satisfies Record<string, Rule>

type Middleware = (request: Request, response: Response, next: NextFunction) => unknown

/** The limits of this process. They guard its time, so each process counts its own; limits of a mailbox are in the database. */
export function createRateLimit(site: Site, name: keyof typeof RULES, refused?: Middleware): Middleware[] {
  const rule: Rule = RULES[name]
  const limits = [limitClients(site, { limit: rule.perClient, ...rule, refused })]
  if (rule.perLink !== undefined) {
    const key = (request: Request) => String(request.params.token ?? '').slice(0, MAX_LINK_LENGTH)
    // What its learner does in an own session does not count: at the limit another holder could tell how much that was.
    const skip = (request: Request) => isOwnRequest(site, request)
    limits.push(limitBy(site, { limit: rule.perLink, ...rule, refused, key, skip }))
  }
  return limits
}

interface Limit {
  readonly limit: number
  readonly windowMs: number
  readonly message: string
  /** Requests that are answered with a fault do not count; those whose answer nobody waits for do. */
  readonly countAcceptedOnly?: boolean
  readonly skip?: (request: Request) => Promise<boolean>
  readonly refused?: Middleware | undefined
}

/** Counts an IPv4 address, or an IPv6 client by its /56 and, ten times as widely, by its /48. */
export function limitClients(site: Site, limit: Limit): Middleware {
  const key = (request: Request) => {
    const { narrow, wide } = clientOf(request)
    return wide === null ? narrow : `${narrow} ${wide}`
  }
  return limitBy(site, { ...limit, key })
}

function limitBy(site: Site, options: Limit & { readonly key: (request: Request) => string }): Middleware {
  const { limit, windowMs, message, key, refused, countAcceptedOnly = false, skip } = options
  const store = new BoundedStore(limit, windowMs)
  const count = rateLimit({
    windowMs,
    limit,
    store,
    ...(skip && { skip }),
    // How much is left would tell one holder of a link, or one person of a household, what the others do.
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: key,
    // Keys are made in client-address.ts; TRUST_PROXY says how many proxies to believe.
    validate: false,
    handler: (request: Request, response: Response, next: NextFunction) => {
      // The whole window, for the same reason.
      response.set('Retry-After', String(Math.ceil(windowMs / 1000)))
      if (refused) refused(request, response, next)
      else if (wantsJson(request)) response.status(429).json({ ok: false, code: 'too-many', message })
      else sendPage(site, response, 429, tooManyPage(message))
    },
  })
  if (!countAcceptedOnly) return count
  return (request, response, next) => {
    const counted = key(request)
    response.once('finish', () => {
      if (response.statusCode >= 400) store.decrement(counted, windowEndOf(request))
    })
    return count(request, response, next)
  }
}

/** The end of the window in which the request was counted. */
function windowEndOf(
  request: Request & { readonly rateLimit?: { readonly resetTime?: Date | undefined } },
): Date | undefined {
  return request.rateLimit?.resetTime
}

interface WindowCounter {
  hits: number
  readonly resetTime: Date
}

/** Counts in fixed windows, in bounded memory. A key of two parts counts for both, and the nearer limit is told. */
export class BoundedStore implements Store {
  readonly localKeys = true
  readonly #limit: number
  readonly #windowMs: number
  readonly #maxKeys: number
  /** In the order of their windows' ends, which all last as long. */
  readonly #counted = new Map<string, WindowCounter>()

  constructor(limit: number, windowMs: number, maxKeys = MAX_KEYS) {
    this.#limit = limit
    this.#windowMs = windowMs
    this.#maxKeys = maxKeys
  }

  get size(): number {
    return this.#counted.size
  }

  increment(key: string): ClientRateLimitInfo {
    const [narrow = '', wide] = key.split(' ')
    const one = this.#count(narrow)
    if (wide === undefined) return { totalHits: one.hits, resetTime: one.resetTime }
    const all = this.#count(wide)
    // As many are left as the nearer of both limits leaves.
    const totalHits = all.hits - (WIDE_FACTOR - 1) * this.#limit
    return totalHits > one.hits
      ? { totalHits, resetTime: all.resetTime }
      : { totalHits: one.hits, resetTime: one.resetTime }
  }

  /** Takes one back, unless the window in which it was counted has ended. */
  decrement(key: string, windowEnd?: Date): void {
    if (windowEnd !== undefined && windowEnd.getTime() <= Date.now()) return
    for (const part of key.split(' ')) {
      const counted = this.#counted.get(part)
      if (counted !== undefined && counted.hits > 0) counted.hits -= 1
    }
  }

  resetKey(key: string): void {
    for (const part of key.split(' ')) this.#counted.delete(part)
  }

  #count(key: string): WindowCounter {
    const now = Date.now()
    const known = this.#counted.get(key)
    if (known !== undefined && known.resetTime.getTime() > now) {
      known.hits += 1
      return known
    }
    this.#counted.delete(key)
    this.#makeRoom(now)
    const fresh = { hits: 1, resetTime: new Date(now + this.#windowMs) }
    this.#counted.set(key, fresh)
    return fresh
  }

  /** What has ended goes, a few at a time; at the limit the oldest goes as well. */
  #makeRoom(now: number): void {
    let looked = 0
    for (const [key, { resetTime }] of this.#counted) {
      if (resetTime.getTime() > now && this.#counted.size < this.#maxKeys) return
      this.#counted.delete(key)
      looked += 1
      if (looked === 10) return
    }
  }
}
