import type { Answer, Answers } from '../../core/course/fields/field-definition.ts'
import type { Field } from '../../core/course/fields/field-types.ts'
import type { Written } from '../../core/exercise/former-answers.ts'
import type { Session } from '../../core/security/session.ts'
import type { AnswerStore, ReadableAnswer } from '../ports/exercise-ports.ts'
import type { LearnerSealer } from '../security/learner-sealer.ts'
import type { FieldState, WrittenText } from '../views.ts'
import { type OpenedAnswer, openAnswer } from './sealed-answers.ts'

/** A field as one session may see it: the newest text, and older texts that differ from it. */
export interface ReadableField extends FieldState {
  /** The session that wrote the newest text. */
  readonly session: string
  readonly stored: ReadableAnswer
  /** The newest text written by the reading session; null if there is none. */
  readonly own: ReadableAnswer | null
  /** The highest version of all texts. */
  readonly highest: number
  /** Everything that was written, oldest first, each with the field as it was then. */
  readonly written: readonly Written[]
}

/**
 * Where answers are read from: the store or a transaction's repositories, and a learner's sealer that reads its key
 * there.
 */
export interface AnswerSource {
  readonly sealer: LearnerSealer
  readonly answers: Pick<AnswerStore, 'readable' | 'looks'>
}

/**
 * What a viewer may read of a day, by field: a writer session only its own texts, an own session those of every session
 * of the learner, from the instant on from which it may read.
 */
export async function readFields(
  { sealer, answers }: AnswerSource,
  enrolmentId: number,
  day: number,
  session: Session | null,
): Promise<ReadonlyMap<string, ReadableField>> {
  const fields = new Map<string, ReadableField>()
  if (session === null) return fields
  const rows = await answers.readable(enrolmentId, day, session.kind === 'own' ? null : session.hash)
  const since = session.readsFrom ?? Number.NEGATIVE_INFINITY
  const readable = rows.filter(({ savedAt, session: by }) => savedAt > since || by === session.hash)
  const sorted = readable.toSorted((one, other) => Number(other.kept) - Number(one.kept) || one.savedAt - other.savedAt)
  const opened = await Promise.all(
    sorted.map((stored) => openAnswer(sealer, { enrolmentId, day, session: stored.session }, stored)),
  )
  const looks = await answers.looks([...new Set(opened.flatMap(({ snapshotId }) => snapshotId ?? []))])
  for (const [index, stored] of sorted.entries()) {
    const { value, snapshotId } = opened[index] as OpenedAnswer
    const look = snapshotId === null ? undefined : looks.get(snapshotId)
    const written = { field: stored.field, value, look: look === undefined ? null : (JSON.parse(look) as Field) }
    const before = fields.get(stored.field)
    const older: WrittenText[] =
      before === undefined
        ? []
        : [...before.kept, { value: before.value, savedAt: before.savedAt, elsewhere: before.elsewhere }]
    fields.set(stored.field, {
      value,
      savedAt: stored.savedAt,
      elsewhere: stored.session !== session.hash,
      version: stored.version,
      // If the same text was written twice, the later one is kept.
      kept: older
        .filter((text) => !isSame(text.value, value))
        .filter((text, index, texts) => !texts.slice(index + 1).some((later) => isSame(later.value, text.value)))
        .toSorted((one, other) => one.savedAt - other.savedAt),
      session: stored.session,
      stored,
      own: stored.session === session.hash && !stored.kept ? stored : (before?.own ?? null),
      highest: Math.max(stored.version, before?.highest ?? 0),
      written: [...(before?.written ?? []), written],
    })
  }
  // A field with only replaced texts has no newest text.
  return new Map([...fields].filter(([, field]) => !field.stored.kept))
}

/** The same as plain answers. */
export async function readAnswersOfDay(...day: Parameters<typeof readFields>): Promise<Answers> {
  return answersIn(Object.fromEntries(await readFields(...day)))
}

/** The newest text of each field. */
export function answersIn(fields: Readonly<Record<string, FieldState>>): Answers {
  return Object.fromEntries(Object.entries(fields).map(([id, { value }]) => [id, value]))
}

/** Everything that was written for a day, each with the field as it was then. */
export function writtenIn(fields: ReadonlyMap<string, ReadableField>): readonly Written[] {
  return [...fields.values()].flatMap(({ written }) => written)
}

export function isSame(one: Answer, other: Answer): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
