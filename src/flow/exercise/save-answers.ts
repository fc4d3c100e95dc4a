import type { Answer } from '../../core/course/fields/field-definition.ts'
import { AppError } from '../../core/errors.ts'
import { missingFor } from '../../core/exercise/completion.ts'
import { fits, isFormer } from '../../core/exercise/former-answers.ts'
import type { Session } from '../../core/security/session.ts'
import { sessionHash } from '../../core/security/session-hash.ts'
import { phrase } from '../../core/words.ts'
import type { AnswerKey, StoredAnswer } from '../ports/exercise-ports.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { type LearnerSealer, learnerSealer } from '../security/learner-sealer.ts'
import { findSession, openWriterSession } from '../security/sessions.ts'
import type { Saved, SaveInput } from '../views.ts'
import type { OpenDay } from './find-open-day.ts'
import { isSame, readFields } from './readable-answers.ts'
import { sealAnswer } from './sealed-answers.ts'

/**
 * How many writer sessions may write on one day of an enrolment; any further session is refused. Own sessions do not
 * count, because the limit would show link holders whether the learner has written.
 */
export const MAX_WRITERS = 30
/**
 * How many replaced texts are kept per session and day; beyond that the oldest are deleted. The newest text of a field
 * is not one of them.
 */
export const MAX_KEPT_TEXTS = 50

/**
 * Saves what was written, and completes the day if an effort is given. All in one commit: when this returns, nothing
 * can be lost. A value that another tab changed meanwhile is kept beside the new one. A writer session is only opened
 * if something is written. `session` is the cookie's value, or null. Fails with `too-many`.
 */
export async function saveAnswers(
  ports: Pick<Ports, 'store' | 'clock' | 'sealer' | 'randomBytes'>,
  open: OpenDay,
  session: string | null,
  input: SaveInput,
): Promise<Saved> {
  const { enrolment, day } = open
  const now = ports.clock.now()
  return ports.store.transaction(async (unit) => {
    // Looked up again within the transaction: a session that has ended since the request started must not be written
    // to.
    const before = await findSession(ports, unit, enrolment.learnerId, session)
    const { writer, newSession } = await writerFor(ports, unit, open, before, input)
    const place: Place = {
      unit,
      sealer: learnerSealer(ports, unit, enrolment.learnerId),
      enrolmentId: enrolment.id,
      day,
    }
    const { versions, conflicts } =
      writer === null
        ? { versions: Object.fromEntries(Object.keys(input.answers).map((field) => [field, 0])), conflicts: [] }
        : await writeFields(place, writer, input, now)
    const missing = await missingFields(place, open, writer, input)
    const completed = input.effort !== null && missing.length === 0
    if (completed && input.effort) await unit.progress.complete(enrolment.id, day, input.effort, now)
    return { writer, newSession, versions, conflicts, missing, completed }
  })
}

/** The day being saved, with the repositories of its transaction. */
interface Place {
  readonly unit: Repositories
  readonly sealer: LearnerSealer
  readonly enrolmentId: number
  readonly day: number
}

/** The session that writes: the existing one, or a new one if there is something to write, otherwise null. */
async function writerFor(
  ports: Pick<Ports, 'clock' | 'randomBytes'>,
  unit: Repositories,
  { enrolment, day }: OpenDay,
  session: Session | null,
  input: SaveInput,
): Promise<{ writer: Session | null; newSession: string | null }> {
  if (session?.kind === 'own') return { writer: session, newSession: null }
  if (session === null && Object.values(input.answers).every(isEmpty)) return { writer: null, newSession: null }
  const others = await unit.answers.countWriters({ enrolmentId: enrolment.id, day, session: session?.hash ?? '' })
  if (others >= MAX_WRITERS) throw new AppError('too-many', phrase('exercise.too-many-browsers'))
  if (session !== null) return { writer: session, newSession: null }
  const secret = await openWriterSession(ports, unit, enrolment.learnerId)
  const now = ports.clock.now()
  const writer: Session = { hash: sessionHash(secret), kind: 'writer', openedAt: now, lastUsedAt: now, readsFrom: null }
  return { writer, newSession: secret }
}

async function writeFields({ unit, sealer, enrolmentId, day }: Place, writer: Session, input: SaveInput, now: number) {
  const key: AnswerKey = { enrolmentId, day, session: writer.hash }
  const readable = await readFields({ sealer, answers: unit.answers }, enrolmentId, day, writer)
  // Saves the snapshots of all fields of the day, so that the rows do not reveal which fields were answered.
  const lookIds = await unit.answers.saveFieldSnapshots(input.fields.map((field) => JSON.stringify(field)))
  const versions: Record<string, number> = {}
  const conflicts: string[] = []
  for (const [field, value] of Object.entries(input.answers)) {
    const current = readable.get(field)
    if (current === undefined && isEmpty(value)) {
      versions[field] = 0
      continue
    }
    const place = input.fields.findIndex(({ id }) => id === field)
    const definition = input.fields[place]
    if (current) {
      const before = current.written.at(-1) ?? { field, value: current.value, look: null }
      const stillFits = definition === undefined || fits(definition, before)
      if (stillFits && isSame(current.value, value)) {
        versions[field] = current.version
        continue
      }
      // The author has changed the field since, so its text stays readable under the old label.
      if (definition && isFormer(definition, before) && current.session === key.session)
        await keep(unit, key, current.stored)
      if (stillFits && (input.base[field] ?? 0) < current.version && !isEmpty(current.value)) {
        // This page had not seen the text another tab saved, so both are kept. Texts of other sessions are kept anyway.
        if (current.session === key.session) await keep(unit, key, current.stored)
        conflicts.push(field)
      }
      // The page showed a newer text of another session, so the session's own text was not the one being edited.
      if (current.own !== null && current.session !== key.session) await keep(unit, key, current.own)
    }
    const version = (current?.highest ?? 0) + 1
    await unit.answers.put(
      key,
      await sealAnswer(sealer, key, { field, version, value, snapshotId: lookIds[place] ?? null, now }),
      writer.kind,
    )
    versions[field] = version
  }
  return { versions, conflicts }
}

async function keep(unit: Repositories, key: AnswerKey, text: StoredAnswer): Promise<void> {
  await unit.answers.keep(key, text)
  await unit.answers.trimKept(key, MAX_KEPT_TEXTS)
}

async function missingFields(
  { unit, sealer, enrolmentId, day }: Place,
  { lesson, variant }: OpenDay,
  writer: Session | null,
  input: SaveInput,
): Promise<readonly string[]> {
  if (input.effort === null) return []
  const fields = await readFields({ sealer, answers: unit.answers }, enrolmentId, day, writer)
  // An answer given to a different kind of field does not count for the current one.
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
