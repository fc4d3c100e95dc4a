import type { NextFunction, Request, Response } from 'express'

/**
 * Serves the site below the path of PUBLIC_URL. Routes and views use paths from the root; this removes the base from
 * requests and adds it to responses. Requests without the base work too, for proxies that strip it.
 */
export function createBasePath(base: string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const { url } = request
    const rest = url.slice(base.length)
    if (url.startsWith(base) && (rest === '' || /^[/?]/.test(rest)))
      request.url = rest.startsWith('/') ? rest : `/${rest}`
    const location = response.location.bind(response)
    response.location = (address) => location(isOnSite(address) ? base + address : address)
    next()
  }
}

/** Adds `base` to every path in the page. Text is escaped, so `="` cannot occur in an attribute's value. */
export function belowBase(page: string, base: string): string {
  return base === ''
    ? page
    : page.replace(
        /(\s(?:href|src|action|formaction|data-draft|data-session|data-challenge|data-answer|data-then|data-figures)=")(\/(?!\/))/g,
        `$1${base}$2`,
      )
}

function isOnSite(address: string): boolean {
  return /^\/(?!\/)/.test(address)
}
