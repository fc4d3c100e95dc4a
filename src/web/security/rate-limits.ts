import type { NextFunction, Request, Response } from 'express'
import { type ClientRateLimitInfo, rateLimit, type Store } from 'express-rate-limit'
import { type Phrase, phrase } from '../../core/words.ts'
import { errorPage } from '../page/message-pages.ts'
import { sendPage, wantsJson } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { isOwnRequest } from './lesson-visit.ts'
import { clientOf } from './request-client.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** A /48 contains 256 households with a /56 each, or one customer of a hosting provider. */
const WIDE_FACTOR = 10
/** Clients tracked per limit: about 10 MB. Beyond it, the oldest is dropped. */
const MAX_KEYS = 50_000
/** Longer than any token. */
const MAX_LINK_LENGTH = 100

interface Rule {
  /** Per client address within the window; ten times as many per IPv6 /48. */
  readonly perClient: number
  /** Per emailed link within the window. */
  readonly perLink?: number
  readonly windowMs: number
  readonly message: Phrase
}

/**
 * Limits per client, and per emailed link. Typing without a pause saves a draft about once a second in each tab
 * (public/draft.js), and families or schools share an address.
 */
const RULES = {
  drafts: {
    perClient: 2_400,
    perLink: 240,
    windowMs: MINUTE_MS,
    message: phrase('security.too-many.drafts'),
  },
  writing: {
    perClient: 300,
    perLink: 90,
    windowMs: MINUTE_MS,
    message: phrase('security.too-many.writing'),
  },
  sessions: { perClient: 300, windowMs: MINUTE_MS, message: phrase('security.too-many.sessions') },
  // A recovery code has 80 bits; this keeps guessing from costing anything.
  codes: { perClient: 20, windowMs: HOUR_MS, message: phrase('security.too-many.sessions') },
  searches: { perClient: 120, windowMs: MINUTE_MS, message: phrase('security.too-many.searches') },
  desk: { perClient: 600, windowMs: MINUTE_MS, message: phrase('security.too-many.sessions') },
  /** Attempts to get into the desk: links asked for or opened, and passkeys. */
  signIns: { perClient: 30, windowMs: HOUR_MS, message: phrase('security.too-many.links') },
  links: {
    perClient: 60,
    perLink: 20,
    windowMs: HOUR_MS,
    message: phrase('security.too-many.links'),
  },
} as const satisfies Record<string, Rule>

type Middleware = (request: Request, response: Response, next: NextFunction) => unknown

/**
 * Creates a rate limit of this process. It protects the process's time, so each process counts separately; limits per
 * mailbox are in the database.
 */
export function createRateLimit(site: Site, name: keyof typeof RULES, refused?: Middleware): Middleware[] {
  const rule: Rule = RULES[name]
  const limits = [limitClients(site, { limit: rule.perClient, ...rule, refused })]
  if (rule.perLink !== undefined) {
    const key = (request: Request) => String(request.params.token ?? '').slice(0, MAX_LINK_LENGTH)
    // Requests in the learner's own session do not count: another holder of the link could tell from the limit how many
    // there were.
    const skip = (request: Request) => isOwnRequest(site, request)
    limits.push(limitBy(site, { limit: rule.perLink, ...rule, refused, key, skip }))
  }
  return limits
}

interface Limit {
  readonly limit: number
  readonly windowMs: number
  readonly message: Phrase
  /** Does not count failed requests, but counts those whose client disconnected. */
  readonly countAcceptedOnly?: boolean
  readonly skip?: (request: Request) => Promise<boolean>
  readonly refused?: Middleware | undefined
}

/** Counts IPv4 clients by address, and IPv6 clients by /56 and, with ten times the limit, by /48. */
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
    // The remaining number would reveal what other holders of the link, or other people of the household, are doing.
    standardHeaders: false,
    legacyHeaders: false,
    keyGenerator: key,
    // client-address.ts creates the keys; TRUST_PROXY says how many proxies to trust.
    validate: false,
    handler: (request: Request, response: Response, next: NextFunction) => {
      // Always the whole window, for the same reason.
      response.set('Retry-After', String(Math.ceil(windowMs / 1000)))
      const words = wordsOf(site)
      const said = words.of(message)
      if (refused) refused(request, response, next)
      else if (wantsJson(request)) response.status(429).json({ ok: false, code: 'too-many', message: said })
      else sendPage(site, response, 429, errorPage(words, 'too-many', said))
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

/**
 * Counts in fixed windows with bounded memory. A key with two parts counts for both, and the limit closer to its
 * maximum is reported.
 */
export class BoundedStore implements Store {
  readonly localKeys = true
  readonly #limit: number
  readonly #windowMs: number
  readonly #maxKeys: number
  /** In order of expiry, because all windows have the same length. */
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
    // The remaining number is that of the stricter limit.
    const totalHits = all.hits - (WIDE_FACTOR - 1) * this.#limit
    return totalHits > one.hits
      ? { totalHits, resetTime: all.resetTime }
      : { totalHits: one.hits, resetTime: one.resetTime }
  }

  /** Uncounts a request, unless its window has ended. */
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

  /** Removes expired entries, a few at a time, and the oldest one if the store is full. */
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
