import express, { type Request, type Response, Router } from 'express'
import { checkFirstName } from '../../core/course/first-name.ts'
import { reminderHourIn } from '../../core/delivery/reminder-hours.ts'
import { AppError } from '../../core/errors.ts'
import { paceNamed } from '../../core/pace.ts'
import { paths } from '../../core/paths.ts'
import { type Phrase, phrase } from '../../core/words.ts'
import { changeSettings, viewSettings } from '../../flow/enrolment/change-settings.ts'
import { setReadingWord } from '../../flow/enrolment/set-reading-word.ts'
import type { LinkGoal } from '../../flow/ports/security-ports.ts'
import type { LearnerSettings, SettingsView } from '../../flow/views.ts'
import { sendPage, wantsJson } from '../page/send-page.ts'
import { messageOf, type Site, wordsOf, written } from '../page/site.ts'
import { linkFirstPage } from '../security/neutral-page.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession } from '../security/session-cookie.ts'
import { languageIn } from '../sign-up/check-sign-up.ts'
import { isTimeZone, timeZoneProblem } from '../sign-up/check-time-zone.ts'
import { type SettingsForm, settingsPage } from './settings-view.ts'

type TokenRequest = Request<{ token: string }>
type Typed = SettingsForm['typed']

/** Settings for future lessons: hour and time zone, course variant, and the form of the emails. */
export function createSettings(site: Site): Router {
  const router = Router()

  router.get('/l/:token/settings', async (request: TokenRequest, response: Response) => {
    const view = await viewSettings(site.ports, request.params.token, readSession(request))
    const saved = request.query.saved === '1'
    sendPage(site, response, 200, settingsPage(site, view, { typed: typedOf(view.settings), faults: {}, saved }))
  })

  router.post(
    '/l/:token/settings',
    createRateLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: '4kb' }),
    express.json({ limit: '4kb' }),
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const session = readSession(request)
      const view = await viewSettings(site.ports, token, session)
      const { typed, asked } = readTyped((request.body ?? {}) as Record<string, unknown>, view)
      const refuse = (fields: Readonly<Record<string, Phrase>>) => {
        if (wantsJson(request)) throw new AppError('bad-input', phrase('errors.check-form'), { fields })
        const faults = written(wordsOf(site, view.course), fields)
        sendPage(site, response, 400, settingsPage(site, view, { typed, faults, saved: false }))
      }
      const faults = check(typed, view)
      if (Object.keys(faults).length > 0) return refuse(faults)
      try {
        const week = await changeSettings(site.ports, token, session, asked)
        if (wantsJson(request)) response.json({ ok: true, nextAt: week.nextAt })
        else response.redirect(303, `${paths.settings(token)}?saved=1`)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        if (error.code === 'bad-input') return refuse(error.fields)
        if (error.code !== 'not-fresh' || wantsJson(request)) throw error
        offerOwnSessionLink(site, response, view, 'settings')
      }
    },
  )

  router.post(
    '/l/:token/settings/word',
    createRateLimit(site, 'writing'),
    express.urlencoded({ extended: false, limit: '4kb' }),
    async (request: TokenRequest, response: Response) => {
      const { token } = request.params
      const session = readSession(request)
      const body = (request.body ?? {}) as Record<string, unknown>
      try {
        await setReadingWord(site.ports, token, session, body.do === 'remove' ? null : String(body.word ?? ''))
        response.redirect(303, `${paths.settings(token)}?saved=1#reading-word`)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        const view = await viewSettings(site.ports, token, session)
        if (error.code === 'not-fresh') return offerOwnSessionLink(site, response, view, 'word')
        if (error.code !== 'bad-input') throw error
        const form = {
          typed: typedOf(view.settings),
          faults: { word: messageOf(error, wordsOf(site, view.course)) },
          saved: false,
        }
        sendPage(site, response, 400, settingsPage(site, view, form))
      }
    },
  )

  return router
}

function offerOwnSessionLink(site: Site, response: Response, view: SettingsView, goal: LinkGoal): void {
  const words = wordsOf(site, view.course)
  sendPage(site, response, 403, linkFirstPage(words, { ...view, webOnly: view.settings.webOnly }, goal))
}

/** The settings as the form shows them. */
export function typedOf(settings: LearnerSettings): Typed {
  const { reminderHour, ...others } = settings
  return { ...others, hour: String(settings.hour), reminder: String(reminderHour ?? '') }
}

/** JSON values that are not text count as no choice. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? NOT_TEXT : String(value)
}

const NOT_TEXT = '?'

/**
 * Browsers omit unticked checkboxes, so the form says which fields it has: `all` shown to everybody, `own` shown in a
 * fresh session. Other omitted fields stay unchanged. `asked` has
 * only the settings that this request may change.
 */
function readTyped(
  body: Record<string, unknown>,
  { settings, course, isOwn }: SettingsView,
): { typed: Typed; asked: Partial<LearnerSettings> } {
  const text = (name: 'name' | 'timeZone' | 'hour' | 'track' | 'language' | 'pace' | 'reminder') =>
    body[name] === undefined ? null : textOf(body[name])
  const [whole, own] = [body.all === '1', body.own === '1']
  const ticked = (name: string) => ['1', 'on', 'true'].includes(textOf(body[name]))
  const tick = (name: 'discreet' | 'webOnly' | 'checkIns') =>
    body[name] === undefined && !whole ? settings[name] : ticked(name)
  const track = text('track')
  const language = text('language')
  // Only a form with the checkbox can leave it unticked: switching short emails on requires less than switching them
  // off.
  const saysShort = body.shortEmails !== undefined || (whole && own)
  const asksForm = own || body.track !== undefined || body.overlays !== undefined
  const typed: Typed = {
    timeZone: text('timeZone') ?? settings.timeZone,
    hour: text('hour') ?? String(settings.hour),
    track: track === null ? settings.track : track || null,
    overlays:
      body.overlays === undefined && !own
        ? settings.overlays
        : [body.overlays ?? []].flat().map(textOf).filter(Boolean),
    discreet: tick('discreet'),
    webOnly: tick('webOnly'),
    checkIns: tick('checkIns'),
    shortEmails: saysShort ? ticked('shortEmails') : settings.shortEmails,
    language: language === null ? settings.language : language || null,
    pace: text('pace') ?? settings.pace,
    name: text('name') ?? settings.name,
    reminder: text('reminder') ?? String(settings.reminderHour ?? ''),
  }
  const { timeZone, discreet, webOnly, checkIns } = typed
  return {
    typed,
    asked: {
      timeZone,
      hour: Number(typed.hour),
      discreet,
      webOnly,
      checkIns,
      pace: paceNamed(typed.pace) ?? settings.pace,
      reminderHour: reminderHourIn(typed.reminder) ?? null,
      // In a session of one's own alone, as it is shown.
      ...(isOwn && text('name') !== null && { name: firstNameOf(typed.name) }),
      ...(language !== null && { language: languageIn(course, typed.language) ?? null }),
      ...(saysShort && { shortEmails: typed.shortEmails }),
      ...(asksForm && { track: typed.track, overlays: typed.overlays }),
    },
  }
}

/** As it is stored; what is no name was refused before. */
function firstNameOf(typed: string): string {
  const checked = checkFirstName(typed)
  return 'name' in checked ? checked.name : ''
}

function check(typed: Typed, { course, isFresh }: SettingsView): Record<string, Phrase> {
  const faults: Record<string, Phrase> = {}
  if (!isTimeZone(typed.timeZone)) faults.timeZone = timeZoneProblem(typed.timeZone)
  const name = checkFirstName(typed.name)
  if ('say' in name) faults.name = name.say
  if (languageIn(course, typed.language) === undefined) faults.language = phrase('sign-up.no-language')
  if (!/^\d{1,2}$/.test(typed.hour) || Number(typed.hour) > 23) faults.hour = phrase('sign-up.hour')
  if (paceNamed(typed.pace) === null) faults.pace = phrase('sign-up.choose-one')
  if (reminderHourIn(typed.reminder) === undefined) faults.reminder = phrase('sign-up.choose-one')
  // These fields are only shown in a fresh session; others are asked to open one.
  if (!isFresh) return faults
  if (typed.track !== null && !course.tracks.some(({ name }) => name === typed.track))
    faults.track = phrase('sign-up.choose-one')
  if (!typed.overlays.every((name) => course.overlays.some((overlay) => overlay.name === name)))
    faults.overlays = phrase('sign-up.choose-among')
  return faults
}
