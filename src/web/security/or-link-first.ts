import type { Response } from 'express'
import { AppError } from '../../core/errors.ts'
import { viewSettings } from '../../flow/enrolment/change-settings.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf } from '../page/site.ts'
import { linkFirstPage } from './neutral-page.ts'

/** Answers with what `act` sends; whoever has no fresh own session is offered a link by email that leads to the settings. */
export async function orLinkFirst(
  site: Site,
  response: Response,
  token: string,
  session: string | null,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-fresh') throw error
    const view = await viewSettings(site.ports, token, session)
    const words = wordsOf(site, view.course)
    sendPage(site, response, 403, linkFirstPage(words, { ...view, webOnly: view.settings.webOnly }, 'settings'))
  }
}
