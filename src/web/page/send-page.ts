import type { Request, Response } from 'express'
import { type NavigationLinks, navigationLinks } from '../../core/course/public-pages.ts'
import { belowBase } from './base-path.ts'
import { layout } from './layout.ts'
import type { Page } from './page.ts'
import type { Site } from './site.ts'

/** Answers with a whole page. `no-store` is set for every answer by the server. */
export function sendPage(site: Site, response: Response, status: number, page: Page): void {
  response
    .status(status)
    .type('html')
    .send(belowBase(layout(page, site.assets, navigationFor(site, page)).text, site.settings.publicUrl.path))
}

/** To help, and the rest, from every page. A page that names no course leads there by the address that says nothing. */
function navigationFor({ ports }: Site, { course, discreet }: Page): NavigationLinks {
  const name = course?.name ?? ports.settings.course
  return navigationLinks(name, ports.courses.resourcesOf(name), discreet || course === null)
}

/** True for a client that speaks JSON: it sent some, or asks for nothing a browser would. */
export function wantsJson(request: Request): boolean {
  if (request.is('application/json')) return true
  return request.accepts(['html', 'json']) === 'json'
}
