import type { Kysely } from 'kysely'
import type { AnswersFor } from '../../flow/ports/answering-ports.ts'
import type { Database } from '../database/schema.ts'

export function createAnswersFor(db: Kysely<Database>): AnswersFor {
  return {
    async grant(operatorId, course, now) {
      const result = await db
        .insertInto('answers_for')
        .values({ operator_id: operatorId, course, at: now })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async revoke(operatorId, course) {
      const result = await db
        .deleteFrom('answers_for')
        .where('operator_id', '=', operatorId)
        .where('course', '=', course)
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    },

    async coursesOf(operatorId) {
      const rows = await db
        .selectFrom('answers_for')
        .select('course')
        .where('operator_id', '=', operatorId)
        .orderBy('course')
        .execute()
      return rows.map(({ course }) => course)
    },

    async all() {
      const rows = await db
        .selectFrom('answers_for')
        .select(['operator_id', 'course'])
        .orderBy('course')
        .orderBy('operator_id')
        .execute()
      return rows.map(({ operator_id: operatorId, course }) => ({ operatorId, course }))
    },
  }
}
