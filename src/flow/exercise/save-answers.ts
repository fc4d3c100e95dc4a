import type { Answer } from '../../core/course/fields/field-definition.ts'
import { AppError } from '../../core/errors.ts'
import { missingFor } from '../../core/exercise/completion.ts'
import { fits, isFormer } from '../../core/exercise/former-answers.ts'
import type { Session } from '../../core/security/session.ts'
import { sessionHash } from '../../core/security/session-hash.ts'
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
 * Writer sessions that may write on one day of an enrolment; a new one more is refused. Own sessions do not count: holders of
 * the link could tell by it whether the learner had written.
 */
export const MAX_WRITERS = 30
/** Replaced texts kept for one session and day: beyond it the oldest go. The newest text of a field is none of them. */
export const MAX_KEPT_TEXTS = 50

/**
 * Saves what was written, and completes the day when an effort is given. One commit: when this returns, nothing of it is
 * lost. A value that another tab changed meanwhile is kept beside the new one. A writer session is raised only when
 * something is really written. `session` is the cookie's value, or null. Fails with `too-many`.
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
    // Looked up again: a session that ended since the page was asked for must not take what is written now.
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

/** A day within the transaction that saves it. */
interface Place {
  readonly unit: Repositories
  readonly sealer: LearnerSealer
  readonly enrolmentId: number
  readonly day: number
}

/** The session that writes: the one there is, or a new one where there is something to write; null where there is not. */
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
  if (others >= MAX_WRITERS)
    throw new AppError(
      'too-many',
      'Too many browsers have written on this page. Open it with a link from your email and continue there.',
    )
  if (session !== null) return { writer: session, newSession: null }
  const secret = await openWriterSession(ports, unit, enrolment.learnerId)
  const now = ports.clock.now()
  const writer: Session = { hash: sessionHash(secret), kind: 'writer', openedAt: now, lastUsedAt: now }
  return { writer, newSession: secret }
}

async function writeFields({ unit, sealer, enrolmentId, day }: Place, writer: Session, input: SaveInput, now: number) {
  const key: AnswerKey = { enrolmentId, day, session: writer.hash }
  const readable = await readFields({ sealer, answers: unit.answers }, enrolmentId, day, writer)
  // Those of the whole day at once: which of them were answered is nobody's business.
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
      // The author changed the field since: what it held stays readable under its old label.
      if (definition && isFormer(definition, before) && current.session === key.session)
        await keep(unit, key, current.stored)
      if (stillFits && (input.base[field] ?? 0) < current.version && !isEmpty(current.value)) {
        // This page had not seen what another tab saved: neither is thrown away. What another session wrote stays there.
        if (current.session === key.session) await keep(unit, key, current.stored)
        conflicts.push(field)
      }
      // Shown beside a newer text of another session, it was not this text that was changed.
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
