import type { Kysely, Selectable } from 'kysely'
import type { QuestionDraft, QuestionDrafts } from '../../flow/ports/answering-ports.ts'
import type { Database } from '../database/schema.ts'

export function createQuestionDrafts(db: Kysely<Database>): QuestionDrafts {
  return {
    async save({ questionId, operatorId, sealed, at }) {
      await db
        .insertInto('question_draft')
        .values({ question_id: questionId, operator_id: operatorId, sealed, at })
        .onConflict((conflict) => conflict.columns(['question_id', 'operator_id']).doUpdateSet({ sealed, at }))
        .execute()
    },

    async of(questionId, operatorId) {
      const row = await db
        .selectFrom('question_draft')
        .selectAll()
        .where('question_id', '=', questionId)
        .where('operator_id', '=', operatorId)
        .executeTakeFirst()
      return row ? toDraft(row) : null
    },

    async ofCourse(operatorId, course) {
      const rows = await db
        .selectFrom('question_draft')
        .innerJoin('question', 'question.id', 'question_draft.question_id')
        .selectAll('question_draft')
        .where('question_draft.operator_id', '=', operatorId)
        .where('question.course', '=', course)
        .execute()
      return rows.map(toDraft)
    },

    async remove(questionId, operatorId) {
      await db
        .deleteFrom('question_draft')
        .where('question_id', '=', questionId)
        .where('operator_id', '=', operatorId)
        .execute()
    },
  }
}

function toDraft(row: Selectable<Database['question_draft']>): QuestionDraft {
  return { questionId: row.question_id, operatorId: row.operator_id, sealed: row.sealed, at: row.at }
}
