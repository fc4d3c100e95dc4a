import type { Request, Response } from 'express'
import { type NavigationLinks, navigationLinks } from '../../core/course/public-pages.ts'
import { belowBase } from './base-path.ts'
import { layout } from './layout.ts'
import type { Page } from './page.ts'
import { hasQuickExit } from './quick-exit-site.ts'
import { defaultCourse, type Site, wordsOf } from './site.ts'

/** Sends a page. The server sets `no-store` on all responses. */
export function sendPage(site: Site, response: Response, status: number, page: Page): void {
  const course = page.course ?? defaultCourse(site)
  const document = layout(page, {
    words: wordsOf(site, course),
    assets: site.assets,
    ways: navigationFor(site, page),
    quickExit: hasQuickExit(course),
  })
  response.status(status).type('html').send(belowBase(document.text, site.settings.publicUrl.path))
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
