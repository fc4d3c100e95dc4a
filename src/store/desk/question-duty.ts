import type { Kysely } from 'kysely'
import type { QuestionState } from '../../core/question/question.ts'
import type { QuestionDuty } from '../../flow/ports/answering-ports.ts'
import type { Database } from '../database/schema.ts'

/** The states in which somebody may still have to do something. */
const OPEN = ['waiting', 'answered'] as const satisfies readonly QuestionState[]

export function createQuestionDuty(db: Kysely<Database>): QuestionDuty {
  return {
    async countAssigned(operatorId) {
      const rows = await db
        .selectFrom('question')
        .select((eb) => ['course', eb.fn.countAll<number>().as('n')])
        .where('assigned_to', '=', operatorId)
        .where('state', 'in', [...OPEN])
        .groupBy('course')
        .orderBy('course')
        .execute()
      return rows.map(({ course, n }) => ({ course, count: Number(n) }))
    },

    async handOver(operatorId, course, to) {
      const result = await db
        .updateTable('question')
        .set({ assigned_to: to })
        .where('assigned_to', '=', operatorId)
        .where('course', '=', course)
        .executeTakeFirst()
      return Number(result.numUpdatedRows)
    },

    async untold(operatorId, limit) {
      const rows = await db
        .selectFrom('question')
        .innerJoin('answers_for', 'answers_for.course', 'question.course')
        .leftJoin('question_notice', (join) =>
          join
            .onRef('question_notice.question_id', '=', 'question.id')
            .onRef('question_notice.operator_id', '=', 'answers_for.operator_id'),
        )
        .select(['question.id', 'question.urgent', 'question.waiting_since'])
        .where('answers_for.operator_id', '=', operatorId)
        .where('question.state', '=', 'waiting' satisfies QuestionState)
        .whereRef('question.waiting_since', '>=', 'answers_for.at')
        .where((eb) =>
          eb.or([
            eb('question_notice.waiting_since', 'is', null),
            eb('question_notice.waiting_since', '<', eb.ref('question.waiting_since')),
          ]),
        )
        .orderBy('question.urgent', 'desc')
        .orderBy('question.id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        questionId: row.id,
        urgent: row.urgent === 1,
        waitingSince: row.waiting_since ?? 0,
      }))
    },

    async lastTold(operatorId) {
      const row = await db
        .selectFrom('author_notice')
        .select('told_at')
        .where('operator_id', '=', operatorId)
        .executeTakeFirst()
      return row?.told_at ?? null
    },

    async claimNotice(operatorId, now, until) {
      const result = await db
        .insertInto('author_notice')
        .values({ operator_id: operatorId, told_at: null, attempts: 0, try_at: until })
        .onConflict((conflict) =>
          conflict.column('operator_id').doUpdateSet({ try_at: until }).where('author_notice.try_at', '<=', now),
        )
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async told(operatorId, questions, now) {
      for (const { questionId, waitingSince } of questions)
        await db
          .insertInto('question_notice')
          .columns(['question_id', 'operator_id', 'waiting_since'])
          // A question that was deleted meanwhile is left out.
          .expression((eb) =>
            eb
              .selectFrom('question')
              .select((row) => ['id', row.lit(operatorId).as('operator_id'), row.lit(waitingSince).as('waiting_since')])
              .where('id', '=', questionId),
          )
          .onConflict((conflict) =>
            conflict.columns(['question_id', 'operator_id']).doUpdateSet({ waiting_since: waitingSince }),
          )
          .execute()
      await db
        .updateTable('author_notice')
        .set({ told_at: now, attempts: 0, try_at: now })
        .where('operator_id', '=', operatorId)
        .execute()
    },

    async tellAgain(questionId) {
      await db.deleteFrom('question_notice').where('question_id', '=', questionId).execute()
    },

    async notTold(operatorId) {
      const row = await db
        .updateTable('author_notice')
        .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
        .where('operator_id', '=', operatorId)
        .returning('attempts')
        .executeTakeFirst()
      return Number(row?.attempts ?? 0)
    },

    async tryNoticeAt(operatorId, at) {
      await db.updateTable('author_notice').set({ try_at: at }).where('operator_id', '=', operatorId).execute()
    },
  }
}
