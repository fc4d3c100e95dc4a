import express, { type Request, type Response, Router } from 'express'
import { AppError } from '../../core/errors.ts'
import { paceNamed } from '../../core/pace.ts'
import { paths } from '../../core/paths.ts'
import { type Phrase, phrase } from '../../core/words.ts'
import { viewSettings } from '../../flow/enrolment/change-settings.ts'
import { endPauseInSettings, pauseInSettings } from '../../flow/enrolment/pause-in-settings.ts'
import { ratherThanStop } from '../../flow/enrolment/rather-than-stop.ts'
import { viewStop } from '../../flow/enrolment/stop.ts'
import { sendPage } from '../page/send-page.ts'
import { type Site, wordsOf, written } from '../page/site.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession } from '../security/session-cookie.ts'
import { typedOf } from './settings.ts'
import { settingsPage } from './settings-view.ts'
import { stopPage } from './stop-view.ts'

type TokenRequest = Request<{ token: string }>

/** A pause in the settings, and a pause or another pace on the stop page. All of them POST. */
export function createPause(site: Site): Router {
  const router = Router()
  const form = [...createRateLimit(site, 'writing'), express.urlencoded({ extended: false, limit: '4kb' })]

  router.post('/l/:token/settings/pause', form, async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const fields = await problemsOf(pauseInSettings(site.ports, token, field(request, 'until')))
    if (fields === null) return response.redirect(303, `${paths.settings(token)}?saved=1`)
    const view = await viewSettings(site.ports, token, readSession(request))
    const faults = written(wordsOf(site, view.course), fields)
    sendPage(site, response, 400, settingsPage(site, view, { typed: typedOf(view.settings), faults, saved: false }))
  })

  router.post('/l/:token/settings/pause/end', form, async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    await endPauseInSettings(site.ports, token)
    response.redirect(303, `${paths.settings(token)}?saved=1`)
  })

  router.post('/stop/:token/pause', form, async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const fields = await problemsOf(ratherThanStop(site.ports, token, { pauseUntil: field(request, 'until') }))
    await showStop(site, response, token, fields ?? 'paused')
  })

  router.post('/stop/:token/pace', form, async (request: TokenRequest, response: Response) => {
    const { token } = request.params
    const pace = paceNamed(field(request, 'pace'))
    if (pace === null) return showStop(site, response, token, { pace: phrase('sign-up.choose-one') })
    await ratherThanStop(site.ports, token, { pace })
    await showStop(site, response, token, 'paced')
  })

  return router
}

/** The text of a field; empty if it is missing or no text. */
function field(request: Request, name: 'until' | 'pace'): string {
  const body = (request.body ?? {}) as Record<string, unknown>
  return typeof body[name] === 'string' ? body[name] : ''
}

/** What is wrong with the input; null if it was accepted. */
async function problemsOf(work: Promise<unknown>): Promise<Readonly<Record<string, Phrase>> | null> {
  try {
    await work
    return null
  } catch (error) {
    if (error instanceof AppError && error.code === 'bad-input') return error.fields
    throw error
  }
}

async function showStop(
  site: Site,
  response: Response,
  token: string,
  result: 'paused' | 'paced' | Readonly<Record<string, Phrase>>,
): Promise<void> {
  const view = await viewStop(site.ports, token)
  const words = wordsOf(site, view.course)
  const isDone = typeof result === 'string'
  const just = isDone ? result : null
  const faults = isDone ? {} : written(words, result)
  sendPage(site, response, isDone ? 200 : 400, stopPage(words, view, token, just, site.ports.clock.now(), faults))
}
