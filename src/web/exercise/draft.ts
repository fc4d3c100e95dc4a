import express, { type Request, type Response, Router } from 'express'
import { readAnswers } from '../../core/exercise/read-answers.ts'
import { saveAnswers } from '../../flow/exercise/save-answers.ts'
import { viewPage } from '../../flow/exercise/view-lesson.ts'
import type { Site } from '../page/site.ts'
import { createRateLimit } from '../security/rate-limits.ts'
import { readSession, writeSession } from '../security/session-cookie.ts'
import { answerableFields, fieldsToSave, stateForCurrentField } from './fields/exercise-fields.ts'
import { ANSWERS_LIMIT, requireLesson } from './lesson.ts'
import { savedAtLabel } from './saved-at-label.ts'

/**
 * POST /l/<token>/draft: saves while the learner types. JSON with the form's own names, of the changed fields only:
 * `{"f.hardest": "...", "v.hardest": "3"}`. Answers `{ok, versions, conflicts, faults}`: conflicts is field id to what
 * another tab or device had saved meanwhile, each as `{mark, value}` with a line that says when and where; faults is field
 * id to a sentence where the value could not be taken.
 */
export function createDraft(site: Site): Router {
  const router = Router()
  router.post(
    '/l/:token/draft',
    createRateLimit(site, 'drafts'),
    // sendBeacon cannot set a type of its own in every browser.
    express.json({ limit: ANSWERS_LIMIT, type: ['application/json', 'text/plain'] }),
    async (request: Request<{ token: string }>, response: Response) => {
      const { token } = request.params
      const session = readSession(request)
      const view = requireLesson(await viewPage(site.ports, token, session))
      const body = (request.body ?? {}) as Record<string, unknown>
      const { faults, ...given } = readAnswers(fieldsToSave(view), body)
      const saved = await saveAnswers(site.ports, token, session, {
        ...given,
        fields: answerableFields(view.lesson),
        effort: null,
      })
      writeSession(site, response, saved.newSession)
      const conflicts = await replaced(site, token, saved.newSession ?? session, saved.conflicts)
      response.json({ ok: true, versions: saved.versions, conflicts, faults })
    },
  )
  return router
}

/** Both texts of every conflict are kept; this is the one that the saved text replaced. */
async function replaced(
  site: Site,
  token: string,
  session: string | null,
  conflicts: readonly string[],
): Promise<Record<string, unknown>> {
  if (conflicts.length === 0) return {}
  const view = requireLesson(await viewPage(site.ports, token, session))
  const now = site.ports.clock.now()
  return Object.fromEntries(
    conflicts.map((field) => [
      field,
      (stateForCurrentField(view, field)?.kept ?? []).map((text) => ({
        mark: savedAtLabel(text, view.week.timeZone, now),
        value: text.value,
      })),
    ]),
  )
}
