import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../core/errors.ts'
import { paths } from '../core/paths.ts'
import { changeSettings } from '../flow/change-settings.ts'
import { viewPage } from '../flow/view-page.ts'
import { isTimeZone } from './check-time-zone.ts'
import { sendPage, wantsJson } from './send-page.ts'
import { readSession } from './session-cookie.ts'
import type { Site } from './site.ts'
import { settingsPage } from './views/settings.ts'

type TokenRequest = Request<{ token: string }>

/** The hour and time zone of the lessons still to come. */
export function createSettings(site: Site): Router {
  const router = Router()

  router.get('/l/:token/settings', async (request: TokenRequest, response: Response) => {
    const { view } = await viewPage(site.ports, request.params.token, readSession(request))
    const typed = { timeZone: view.week.timeZone, hour: String(view.week.hour) }
    const saved = request.query.saved === '1'
    sendPage(site, response, 200, settingsPage(site, view, request.params.token, { typed, faults: {}, saved }))
  })

  router.post(
    '/l/:token/settings',
    express.urlencoded({ extended: false, limit: '4kb' }),
    express.json({ limit: '4kb' }),
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const body = (request.body ?? {}) as Record<string, unknown>
      const typed = { timeZone: String(body.timeZone ?? ''), hour: String(body.hour ?? '') }
      const faults = check(typed)
      if (Object.keys(faults).length > 0) {
        if (wantsJson(request))
          throw new AppError('bad-input', 'Something here needs another look.', { fields: faults })
        const { view } = await viewPage(site.ports, token, readSession(request))
        return sendPage(site, response, 400, settingsPage(site, view, token, { typed, faults, saved: false }))
      }
      const week = await changeSettings(site.ports, token, { timeZone: typed.timeZone, hour: Number(typed.hour) })
      if (wantsJson(request)) response.json({ ok: true, nextAt: week.nextAt })
      else response.redirect(303, `${paths.settings(token)}?saved=1`)
    },
  )

  return router
}

function check(typed: { timeZone: string; hour: string }): Record<string, string> {
  const faults: Record<string, string> = {}
  if (!isTimeZone(typed.timeZone)) faults.timeZone = 'We do not know this time zone. Please choose one from the list.'
  if (!/^\d{1,2}$/.test(typed.hour) || Number(typed.hour) > 23) faults.hour = 'Please choose an hour from 0 to 23.'
  return faults
}
