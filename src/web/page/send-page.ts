import type { Request, Response } from 'express'
import { type NavigationLinks, navigationLinks } from '../../core/course/public-pages.ts'
import { belowBase } from './base-path.ts'
import { layout } from './layout.ts'
import type { Page } from './page.ts'
import { type Site, wordsOf } from './site.ts'

/** Sends a page. The server sets `no-store` on all responses. */
export function sendPage(site: Site, response: Response, status: number, page: Page): void {
  const words = wordsOf(site, page.course ?? undefined)
  response
    .status(status)
    .type('html')
    .send(belowBase(layout(words, page, site.assets, navigationFor(site, page)).text, site.settings.publicUrl.path))
}

/** Navigation links of a page. Pages that name no course use discreet addresses. */
function navigationFor({ ports }: Site, { course, discreet }: Page): NavigationLinks {
  const name = course?.name ?? ports.settings.course
  return navigationLinks(name, ports.courses.resourcesOf(name, course?.language), discreet || course === null)
}

/** Whether the client speaks JSON: it sent JSON, or does not accept what a browser would. */
export function wantsJson(request: Request): boolean {
  if (request.is('application/json')) return true
  return request.accepts(['html', 'json']) === 'json'
}
