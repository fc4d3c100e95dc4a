import express, { type Request, type Response, Router } from 'express'
import type { Course } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import { paths } from '../core/paths.ts'
import { changeSettings, viewSettings } from '../flow/change-settings.ts'
import type { LearnerSettings, SettingsView } from '../flow/views.ts'
import { isTimeZone } from './check-time-zone.ts'
import { createLimit } from './limits.ts'
import { sendPage, wantsJson } from './send-page.ts'
import type { Site } from './site.ts'
import { type SettingsForm, settingsPage } from './views/settings.ts'

type TokenRequest = Request<{ token: string }>
type Typed = SettingsForm['typed']

/** What is still to come: hour and time zone, the form of the course, and how its mails look. */
export function createSettings(site: Site): Router {
  const router = Router()

  router.get('/l/:token/settings', async (request: TokenRequest, response: Response) => {
    const view = await viewSettings(site.ports, request.params.token)
    const saved = request.query.saved === '1'
    sendPage(site, response, 200, settingsPage(site, view, { typed: typedOf(view.settings), faults: {}, saved }))
  })

  router.post(
    '/l/:token/settings',
    createLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: '4kb' }),
    express.json({ limit: '4kb' }),
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const view = await viewSettings(site.ports, token)
      const typed = readTyped((request.body ?? {}) as Record<string, unknown>, view)
      const faults = check(typed, view.course)
      if (Object.keys(faults).length > 0) {
        if (wantsJson(request))
          throw new AppError('bad-input', 'Something here needs another look.', { fields: faults })
        return sendPage(site, response, 400, settingsPage(site, view, { typed, faults, saved: false }))
      }
      const week = await changeSettings(site.ports, token, { ...typed, hour: Number(typed.hour) })
      if (wantsJson(request)) response.json({ ok: true, nextAt: week.nextAt })
      else response.redirect(303, `${paths.settings(token)}?saved=1`)
    },
  )

  return router
}

function typedOf(settings: LearnerSettings): Typed {
  return { ...settings, hour: String(settings.hour) }
}

/** A form sends its tick boxes only where they are ticked, and `all` to say that it has them; what else is left out stays. */
function readTyped(body: Record<string, unknown>, { settings }: SettingsView): Typed {
  const text = (name: 'timeZone' | 'hour' | 'track') => (body[name] === undefined ? null : String(body[name]))
  const whole = body.all === '1'
  const tick = (name: 'discreet' | 'webOnly' | 'checkIns') =>
    body[name] === undefined && !whole ? settings[name] : ['1', 'on', 'true'].includes(String(body[name]))
  const track = text('track')
  return {
    timeZone: text('timeZone') ?? settings.timeZone,
    hour: text('hour') ?? String(settings.hour),
    track: track === null ? settings.track : track || null,
    overlays:
      body.overlays === undefined && !whole
        ? settings.overlays
        : [body.overlays ?? []].flat().map(String).filter(Boolean),
    discreet: tick('discreet'),
    webOnly: tick('webOnly'),
    checkIns: tick('checkIns'),
  }
}

function check(typed: Typed, course: Course): Record<string, string> {
  const faults: Record<string, string> = {}
  if (!isTimeZone(typed.timeZone)) faults.timeZone = 'We do not know this time zone. Please choose one from the list.'
  if (!/^\d{1,2}$/.test(typed.hour) || Number(typed.hour) > 23) faults.hour = 'Please choose an hour from 0 to 23.'
  if (typed.track !== null && !course.tracks.some(({ name }) => name === typed.track))
    faults.track = 'Please choose one of these.'
  if (!typed.overlays.every((name) => course.overlays.some((overlay) => overlay.name === name)))
    faults.overlays = 'Please choose among these.'
  return faults
}
