import express, { type Request, type Response, Router } from 'express'
import { reminderHourIn } from '../../core/delivery/reminder-hours.ts'
import { paths } from '../../core/paths.ts'
import { phrase } from '../../core/words.ts'
import { changeSettings, viewSettings } from '../../flow/enrolment/change-settings.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf, written } from '../page/site.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession } from '../security/session-cookie.ts'
import { typedOf } from './settings.ts'
import { settingsPage } from './settings-view.ts'

/** POST /l/<token>/reminder: the form of a lesson page. Whoever may open the settings may use it. */
export function createReminder(site: Site): Router {
  const router = Router()
  router.post(
    '/l/:token/reminder',
    createRateLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: '4kb' }),
    async (request: Request<{ token: string }>, response: Response) => {
      const { token } = request.params
      const session = readSession(request)
      const reminder = String(request.body?.reminder ?? '')
      const reminderHour = reminderHourIn(reminder)
      if (reminderHour !== undefined) {
        await changeSettings(site.ports, token, session, { reminderHour })
        return response.redirect(303, `${paths.lesson(token)}#reminder`)
      }
      const view = await viewSettings(site.ports, token, session)
      const faults = written(wordsOf(site, view.course), { reminder: phrase('sign-up.choose-one') })
      const typed = { ...typedOf(view.settings), reminder }
      sendPage(site, response, 400, settingsPage(site, view, { typed, faults, saved: false }))
    },
  )
  return router
}
