import { type Kysely, sql } from 'kysely'
import type { AnswerStore, ReadableAnswer, StoredAnswer } from '../../flow/ports/exercise-ports.ts'
import type { Database } from '../database/schema.ts'

/** Seals names deterministically: the same name in the same context always gives the same text. */
export interface NameSealer {
  seal(context: string, name: string): string
  /** Throws AppError `misconfigured` for text that was not sealed with this key and context. */
  open(context: string, sealed: string): string
}

/** No field name of a course starts with it. */
const MARK = '.'

/**
 * Some fields occur in one track only, so their names reveal the track. They are stored sealed, with a different
 * context per enrolment. Older rows with names in clear can still be read, and are sealed when written to.
 */
export function withSealedFieldNames(db: Kysely<Database>, answers: AnswerStore, names: NameSealer): AnswerStore {
  const shown = (enrolmentId: number, row: ReadableAnswer): ReadableAnswer => ({
    ...row,
    field: row.field.startsWith(MARK) ? names.open(contextOf(enrolmentId), row.field.slice(1)) : row.field,
  })
  /** Seals the stored name first, so that the write finds the row by its sealed name. */
  const hidden = async (key: Parameters<AnswerStore['put']>[0], answer: StoredAnswer): Promise<StoredAnswer> => {
    const field = sealedFieldName(names, key.enrolmentId, answer.field)
    await rename(db, field)
      .where('enrolment_id', '=', key.enrolmentId)
      .where('day', '=', key.day)
      .where('session', '=', key.session)
      .where('field', '=', answer.field)
      .execute()
    return { ...answer, field }
  }
  return {
    ...answers,
    readable: async (enrolmentId, day, session) =>
      (await answers.readable(enrolmentId, day, session)).map((row) => shown(enrolmentId, row)),
    put: async (key, answer, by) => answers.put(key, await hidden(key, answer), by),
    keep: async (key, answer) => answers.keep(key, await hidden(key, answer)),
    async remove(enrolmentId, day, field) {
      await answers.remove(enrolmentId, day, field)
      await answers.remove(enrolmentId, day, sealedFieldName(names, enrolmentId, field))
    },
  }
}

/** Must match the condition of the partial index word for word. */
const IS_IN_CLEAR = sql<boolean>`substr(field, 1, 1) <> '.'`

/** Seals the names in the next `limit` rows with names in clear. `last`: id to continue after, null at the end. */
export async function sealStoredFieldNames(
  db: Kysely<Database>,
  names: NameSealer,
  after: number,
  limit: number,
): Promise<{ readonly last: number | null; readonly sealed: number }> {
  const rows = await db
    .selectFrom('answer')
    .select(['id', 'enrolment_id', 'field'])
    .where(IS_IN_CLEAR)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  let sealed = 0
  for (const row of rows) {
    const result = await rename(db, sealedFieldName(names, row.enrolment_id, row.field))
      .where('id', '=', row.id)
      .where('field', '=', row.field)
      .executeTakeFirst()
    sealed += Number(result.numUpdatedRows)
  }
  return { last: rows.at(-1)?.id ?? null, sealed }
}

/** Skips a row if an older release still running wrote its version again, so that neither of the two is lost. */
function rename(db: Kysely<Database>, field: string) {
  return db
    .updateTable('answer')
    .set({ field })
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('answer as other')
            .select('other.id')
            .whereRef('other.enrolment_id', '=', 'answer.enrolment_id')
            .whereRef('other.day', '=', 'answer.day')
            .whereRef('other.session', '=', 'answer.session')
            .whereRef('other.version', '=', 'answer.version')
            .where('other.field', '=', field),
        ),
      ),
    )
}

function sealedFieldName(names: NameSealer, enrolmentId: number, name: string): string {
  return MARK + names.seal(contextOf(enrolmentId), name)
}

function contextOf(enrolmentId: number): string {
  return `field of enrolment ${enrolmentId}`
}
