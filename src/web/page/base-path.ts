import type { NextFunction, Request, Response } from 'express'

/**
 * Serves the site below the path of PUBLIC_URL. Routes and views know paths from the root: this takes the base off what
 * is asked for and puts it before what is answered. A request without it is answered too, for proxies that take it off.
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

/** The page with every path of the site below `base`. Text is escaped, so that `="` stands in no attribute's value. */
export function belowBase(page: string, base: string): string {
  return base === ''
    ? page
    : page.replace(/(\s(?:href|src|action|formaction|data-draft|data-session)=")(\/(?!\/))/g, `$1${base}$2`)
}

function isOnSite(address: string): boolean {
  return /^\/(?!\/)/.test(address)
}
