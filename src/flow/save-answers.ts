import { missingFor } from '../core/completion.ts'
import type { Answer } from '../core/course.ts'
import { fits, isFormer } from '../core/former-answers.ts'
import type { Enrolment } from '../core/model.ts'
import { findOpenDay, type OpenDay } from './find-open-day.ts'
import type { Ports } from './ports.ts'
import { isSame, readFields } from './readable-answers.ts'
import { sealAnswer } from './sealed-answers.ts'
import { newSession, sessionHash } from './session-hash.ts'
import type { AnswerKey, Repositories } from './store-ports.ts'
import type { Saved, SaveInput } from './views.ts'

/**
 * Saves what was written, and completes the day when an effort is given. One commit: when this returns, nothing of it is
 * lost. A value that another tab changed meanwhile is kept beside the new one. Fails with `bad-link`, `gone` or `not-yet`.
 */
export async function saveAnswers(
  ports: Ports,
  token: string,
  session: string | null,
  input: SaveInput,
): Promise<Saved> {
  const open = await findOpenDay(ports, token)
  const { enrolment, day } = open
  const now = ports.clock.now()
  return ports.store.transaction(async (unit) => {
    const writer = await openSession(ports, unit, enrolment, session, now)
    const key: AnswerKey = { enrolmentId: enrolment.id, day, session: sessionHash(writer) }
    const { versions, conflicts } = await writeFields(ports, unit, enrolment, key, input, now)
    const missing = await missingFields(ports, unit, open, key, input)
    const completed = input.effort !== null && missing.length === 0
    if (completed && input.effort) await unit.progress.complete(enrolment.id, day, input.effort, now)
    return { session: writer, versions, conflicts, missing, completed }
  })
}

/** The session handed in, when it is this learner's and open; otherwise a new one. */
async function openSession(
  ports: Ports,
  unit: Repositories,
  enrolment: Enrolment,
  session: string | null,
  now: number,
): Promise<string> {
  if (session !== null && (await unit.sessions.isOpen(sessionHash(session), enrolment.learnerId))) return session
  const fresh = newSession(ports.randomBytes)
  await unit.sessions.open(sessionHash(fresh), enrolment.learnerId, now)
  return fresh
}

async function writeFields(
  ports: Ports,
  unit: Repositories,
  enrolment: Enrolment,
  key: AnswerKey,
  input: SaveInput,
  now: number,
) {
  const readable = await readFields(ports, unit, enrolment, key.day, key.session)
  // Those of the whole day at once: which of them were answered is nobody's business.
  const lookIds = await unit.answers.idsOfLooks(input.fields.map((field) => JSON.stringify(field)))
  const versions: Record<string, number> = {}
  const conflicts: string[] = []
  for (const [field, value] of Object.entries(input.answers)) {
    const current = readable.get(field)
    const place = input.fields.findIndex(({ id }) => id === field)
    const definition = input.fields[place]
    if (current) {
      const before = current.written.at(-1) ?? { field, value: current.value, look: null }
      const stillFits = definition === undefined || fits(definition, before)
      if (stillFits && isSame(current.value, value)) {
        versions[field] = current.version
        continue
      }
      // The author changed the field since: what it held stays readable under its old label.
      if (definition && isFormer(definition, before) && current.session === key.session)
        await unit.answers.keep(key, current.stored)
      if (stillFits && (input.base[field] ?? 0) < current.version && !isEmpty(current.value)) {
        // This page had not seen what another tab saved: neither is thrown away. What another session wrote stays there.
        if (current.session === key.session) await unit.answers.keep(key, current.stored)
        conflicts.push(field)
      }
    }
    const version = (current?.highest ?? 0) + 1
    await unit.answers.put(
      key,
      await sealAnswer(ports, unit, enrolment.learnerId, key, {
        field,
        version,
        value,
        lookId: lookIds[place] ?? null,
        now,
      }),
    )
    versions[field] = version
  }
  return { versions, conflicts }
}

async function missingFields(
  ports: Ports,
  unit: Repositories,
  { enrolment, lesson, variant }: OpenDay,
  key: AnswerKey,
  input: SaveInput,
): Promise<readonly string[]> {
  if (input.effort === null) return []
  const fields = await readFields(ports, unit, enrolment, key.day, key.session)
  // What was given to another kind of field does not answer the one that is there now.
  const answers = [...fields].filter(([id, { written }]) => {
    const [field, last] = [input.fields.find((one) => one.id === id), written.at(-1)]
    return field === undefined || last === undefined || fits(field, last)
  })
  return missingFor(
    lesson.exercise,
    variant,
    input.effort,
    Object.fromEntries(answers.map(([id, { value }]) => [id, value])),
  )
}

function isEmpty(value: Answer): boolean {
  if (typeof value === 'string') return value === ''
  if (typeof value === 'number') return false
  return Object.keys(value).length === 0
}
