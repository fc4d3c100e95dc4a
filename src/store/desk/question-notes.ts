import type { Kysely, Selectable } from 'kysely'
import type { QuestionNote, QuestionNotes } from '../../flow/ports/answering-ports.ts'
import type { Database } from '../database/schema.ts'

export function createQuestionNotes(db: Kysely<Database>): QuestionNotes {
  return {
    async ask({ questionId, askedBy, askedOf, at }) {
      const { last } = await db
        .selectFrom('question_note')
        .select((eb) => eb.fn.max<number | null>('id').as('last'))
        .executeTakeFirstOrThrow()
      const row = { question_id: questionId, asked_by: askedBy, asked_of: askedOf, at, sealed: null, done_at: null }
      const result = await db
        .insertInto('question_note')
        .values({ id: (last ?? 0) + 1, ...row })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async ofQuestion(questionId) {
      const rows = await db
        .selectFrom('question_note')
        .selectAll()
        .where('question_id', '=', questionId)
        .orderBy('id')
        .execute()
      return rows.map(toNote)
    },

    async askedOf(operatorId) {
      const rows = await db
        .selectFrom('question_note')
        .selectAll()
        .where('asked_of', '=', operatorId)
        .where('done_at', 'is', null)
        .orderBy('id')
        .execute()
      return rows.map(toNote)
    },

    async finish(id, askedOf, sealed, now) {
      const result = await db
        .updateTable('question_note')
        .set({ sealed, done_at: now })
        .where('id', '=', id)
        .where('asked_of', '=', askedOf)
        .where('done_at', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async withdraw(askedOf, course) {
      await db
        .deleteFrom('question_note')
        .where('asked_of', '=', askedOf)
        .where('done_at', 'is', null)
        .where('question_id', 'in', (eb) => eb.selectFrom('question').select('id').where('course', '=', course))
        .execute()
    },
  }
}

function toNote(row: Selectable<Database['question_note']>): QuestionNote {
  return {
    id: row.id,
    questionId: row.question_id,
    askedBy: row.asked_by,
    askedOf: row.asked_of,
    at: row.at,
    sealed: row.sealed,
    doneAt: row.done_at,
  }
}
