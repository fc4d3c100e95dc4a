import type { Answer, Answers, Field } from '../core/course.ts'
import type { Written } from '../core/former-answers.ts'
import type { Enrolment } from '../core/model.ts'
import type { Ports } from './ports.ts'
import { type OpenedAnswer, openAnswer } from './sealed-answers.ts'
import { sessionHash } from './session-hash.ts'
import type { ReadableAnswer, Repositories } from './store-ports.ts'
import type { FieldState } from './views.ts'

/** A field as one session may see it: the newest text, and older ones that differ from it. */
export interface ReadableField extends FieldState {
  /** The session that wrote the newest text. */
  readonly session: string
  readonly stored: ReadableAnswer
  /** The highest version among all of them. */
  readonly highest: number
  /** Everything that was written, oldest first, as it looked then. */
  readonly written: readonly Written[]
}

/** The hash of the cookie's session when it is this learner's and open, else null: then nothing may be read. */
export async function openReader(
  unit: Repositories,
  enrolment: Enrolment,
  session: string | null,
): Promise<string | null> {
  if (session === null) return null
  const hash = sessionHash(session)
  return (await unit.sessions.isOpen(hash, enrolment.learnerId)) ? hash : null
}

/**
 * What a session may read of a day, by field: what it wrote itself and, where a fresh link let it in, what every other
 * session of the learner wrote. `hash` comes from `openReader`; `unit` is the store or a transaction's repositories.
 */
export async function readFields(
  ports: Ports,
  unit: Repositories,
  enrolment: Enrolment,
  day: number,
  hash: string | null,
): Promise<ReadonlyMap<string, ReadableField>> {
  const fields = new Map<string, ReadableField>()
  if (hash === null) return fields
  const rows = await unit.answers.readable(enrolment.id, day, hash)
  const sorted = rows.toSorted((one, other) => Number(other.kept) - Number(one.kept) || one.savedAt - other.savedAt)
  const opened = await Promise.all(
    sorted.map((stored) =>
      openAnswer(ports, unit, enrolment.learnerId, { enrolmentId: enrolment.id, day, session: stored.session }, stored),
    ),
  )
  const looks = await unit.answers.looks([...new Set(opened.flatMap(({ lookId }) => lookId ?? []))])
  for (const [index, stored] of sorted.entries()) {
    const { value, lookId } = opened[index] as OpenedAnswer
    const look = lookId === null ? undefined : looks.get(lookId)
    const written = { field: stored.field, value, look: look === undefined ? null : (JSON.parse(look) as Field) }
    const before = fields.get(stored.field)
    const older = before === undefined ? [] : [...before.kept, before.value]
    fields.set(stored.field, {
      value,
      version: stored.version,
      kept: older.filter(
        (text, index) => !isSame(text, value) && older.findIndex((one) => isSame(one, text)) === index,
      ),
      session: stored.session,
      stored,
      highest: Math.max(stored.version, before?.highest ?? 0),
      written: [...(before?.written ?? []), written],
    })
  }
  // A field of which only replaced texts are left has no newest one.
  return new Map([...fields].filter(([, field]) => !field.stored.kept))
}

/** The same as plain answers. */
export async function readAnswersOfDay(
  ports: Ports,
  unit: Repositories,
  enrolment: Enrolment,
  day: number,
  hash: string | null,
): Promise<Answers> {
  const fields = await readFields(ports, unit, enrolment, day, hash)
  return Object.fromEntries([...fields].map(([id, { value }]) => [id, value]))
}

/** Everything that was written for a day, as it looked then. */
export function writtenIn(fields: ReadonlyMap<string, ReadableField>): readonly Written[] {
  return [...fields.values()].flatMap(({ written }) => written)
}

export function isSame(one: Answer, other: Answer): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
