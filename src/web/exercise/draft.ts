import express, { type Request, type Response, Router } from 'express'
import { readAnswers } from '../../core/exercise/read-answers.ts'
import type { OpenDay } from '../../flow/exercise/find-open-day.ts'
import { saveAnswers } from '../../flow/exercise/save-answers.ts'
import { viewWritten } from '../../flow/exercise/view-lesson.ts'
import type { Saved } from '../../flow/views.ts'
import { type Site, wordsOf, written } from '../page/site.ts'
import { openDayOf } from '../security/lesson-visit.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession, writeSession } from '../security/session-cookie.ts'
import { answerableFields, fieldsToSave, stateForCurrentField } from './fields/exercise-fields.ts'
import { ANSWERS_LIMIT } from './lesson.ts'
import { savedAtLabel } from './saved-at-label.ts'

/**
 * POST /l/<token>/draft: saves while the learner types. The body is JSON with the field names of the form, changed
 * fields only: `{"f.hardest": "...", "v.hardest": "3"}`. Responds with `{ok, versions, conflicts, errors}`. `conflicts`
 * maps a field id to what another tab or device has saved meanwhile, as `{mark, value}`, where the mark says when and
 * where. `errors` maps a field id to a sentence if the value is not valid.
 */
export function createDraft(site: Site): Router {
  const router = Router()
  router.post(
    '/l/:token/draft',
    createRateLimit(site, 'drafts'),
    // sendBeacon cannot set a content type in every browser.
    express.json({ limit: ANSWERS_LIMIT, type: ['application/json', 'text/plain'] }),
    async (request: Request<{ token: string }>, response: Response) => {
      const open = await openDayOf(site, request)
      const words = wordsOf(site, open.course)
      const body = (request.body ?? {}) as Record<string, unknown>
      const { errors, ...given } = readAnswers(fieldsToSave(words, open), body)
      const input = { ...given, fields: answerableFields(words, open.lesson), effort: null }
      const saved = await saveAnswers(site.ports, open, readSession(request), input)
      writeSession(site, response, saved.newSession)
      const conflicts = await replacedTexts(site, open, saved)
      response.json({
        ok: true,
        versions: saved.versions,
        conflicts,
        errors: written(words, errors),
      })
    },
  )
  return router
}

/** Both texts of a conflict are kept; these are the ones that the saved text replaced. */
async function replacedTexts(site: Site, open: OpenDay, saved: Saved): Promise<Record<string, unknown>> {
  if (saved.conflicts.length === 0) return {}
  const { lesson, enrolment } = open
  const words = wordsOf(site, open.course)
  const now = site.ports.clock.now()
  const written = await viewWritten(site.ports, open, saved.writer)
  return Object.fromEntries(
    saved.conflicts.map((field) => [
      field,
      (stateForCurrentField(words, { lesson, ...written }, field)?.kept ?? []).map((text) => ({
        mark: savedAtLabel(words, text, enrolment.timeZone, now),
        value: text.value,
      })),
    ]),
  )
}
