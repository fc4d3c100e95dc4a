import type { ExpressionBuilder, Kysely, Selectable, Updateable } from 'kysely'
import type { Question, QuestionMessage, QuestionState, QuestionVia } from '../../core/question/question.ts'
import type { InboxCursor, QuestionChanges, Questions } from '../../flow/ports/question-ports.ts'
import { askForRewrite } from '../database/rewrite-task.ts'
import type { Database } from '../database/schema.ts'

export function createQuestions(db: Kysely<Database>): Questions {
  const select = () =>
    db
      .selectFrom('question')
      .selectAll('question')
      .select((eb) =>
        eb
          .selectFrom('delivery')
          .select('delivery.first_dot_at')
          .whereRef('delivery.id', '=', 'question.follow_up_delivery_id')
          .as('follow_up_asked_at'),
      )

  const byId = async (id: number) => {
    const row = await select().where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : toQuestion(row)
  }

  return {
    byId,

    async add(row) {
      const added = await db
        .insertInto('question')
        .values({
          learner_id: row.learnerId,
          enrolment_id: row.enrolmentId,
          course: row.course,
          language: row.language,
          day: row.day,
          via: row.via,
          state: row.state,
          urgent: Number(row.urgent),
          allows_name: Number(row.allowsName),
          asked_at: row.askedAt,
          waiting_since: row.askedAt,
          touched_at: row.askedAt,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return toQuestion({ ...added, follow_up_asked_at: null })
    },

    async ofEnrolment(enrolmentId) {
      const rows = await select().where('enrolment_id', '=', enrolmentId).orderBy('id').execute()
      return rows.map(toQuestion)
    },

    async ofLearner(learnerId) {
      const rows = await select().where('learner_id', '=', learnerId).orderBy('id').execute()
      return rows.map(toQuestion)
    },

    async ofDelivery(deliveryId) {
      const message = await db
        .selectFrom('question_message')
        .select('question_id')
        .where('delivery_id', '=', deliveryId)
        .executeTakeFirst()
      if (message !== undefined) return byId(message.question_id)
      const row = await select().where('follow_up_delivery_id', '=', deliveryId).executeTakeFirst()
      return row === undefined ? null : toQuestion(row)
    },

    async addMessage(row) {
      const { id } = await db
        .insertInto('question_message')
        .values({
          question_id: row.questionId,
          learner_id: row.learnerId,
          written_by: row.by,
          operator_id: row.operatorId,
          sealed: row.sealed,
          via: row.via,
          at: row.at,
          delivery_id: row.deliveryId,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      return id
    },

    async messages(questionId) {
      const rows = await db
        .selectFrom('question_message')
        .selectAll()
        .where('question_id', '=', questionId)
        .orderBy('id')
        .execute()
      return rows.map(toMessage)
    },

    async set(id, from, changes) {
      const result = await db
        .updateTable('question')
        .set(toColumns(changes))
        .where('id', '=', id)
        .where('state', 'in', [...from])
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async inbox({ courses, state, assignedTo }, after, limit) {
      if (courses.length === 0) return []
      const found = select()
        .where('course', 'in', [...courses])
        .where('state', '=', state)
        .$if(assignedTo === null, (query) => query.where('assigned_to', 'is', null))
        .$if(typeof assignedTo === 'number', (query) => query.where('assigned_to', '=', assignedTo ?? 0))
        .$if(after !== null, (query) => query.where((eb) => isAfter(eb, state, after as InboxCursor)))
      const ordered =
        state === 'waiting'
          ? found.orderBy('urgent', 'desc').orderBy('waiting_since').orderBy('id')
          : found.orderBy('touched_at', 'desc').orderBy('id', 'desc')
      return (await ordered.limit(limit).execute()).map(toQuestion)
    },

    async countWaiting(courses, before) {
      if (courses.length === 0) return []
      const rows = await db
        .selectFrom('question')
        .select((eb) => [
          'course',
          eb.fn.countAll<number>().as('waiting'),
          eb.fn.sum<number>('urgent').as('urgent'),
          eb.fn.min<number>('waiting_since').as('oldest'),
        ])
        .where('course', 'in', [...courses])
        .where('state', '=', 'waiting')
        .$if(before !== undefined, (query) => query.where('waiting_since', '<', before ?? 0))
        .groupBy('course')
        .orderBy('course')
        .execute()
      return rows.map(({ course, waiting, urgent, oldest }) => ({
        course,
        waiting: Number(waiting),
        urgent: Number(urgent),
        oldest: Number(oldest),
      }))
    },

    async countAsked(learnerId, since, of) {
      const row = await db
        .selectFrom('question_message')
        .innerJoin('question', 'question.id', 'question_message.question_id')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('question_message.learner_id', '=', learnerId)
        .where('question_message.written_by', '=', 'learner')
        .where('question_message.at', '>=', since)
        .where('question.state', of === 'confirmed' ? '!=' : '=', 'unconfirmed')
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },

    async courses() {
      const rows = await db.selectFrom('question').select('course').distinct().orderBy('course').execute()
      return rows.map(({ course }) => course)
    },

    async forgetTouchedBefore(course, before, limit) {
      const old = db.selectFrom('question').select('id').where('course', '=', course).where('touched_at', '<', before)
      const published = db.selectFrom('published_question').select('question_id').where('question_id', 'is not', null)
      // Of one whose text is in the library, the row stays: by it the learner takes the text out.
      const kept = old.where('id', 'in', published)
      const emptied = await db.deleteFrom('question_message').where('question_id', 'in', kept).executeTakeFirst()
      for (const table of ['question_draft', 'question_note'] as const)
        await db.deleteFrom(table).where('question_id', 'in', kept).execute()
      const others = old.where('id', 'not in', published).limit(limit)
      const result = await db.deleteFrom('question').where('id', 'in', others).executeTakeFirst()
      const forgotten = Number(result.numDeletedRows)
      if (forgotten > 0 || emptied.numDeletedRows > 0n) await askForRewrite(db)
      return forgotten
    },

    async block({ learnerId, course, operatorId, at }) {
      await db
        .insertInto('question_block')
        .values({ learner_id: learnerId, course, operator_id: operatorId, at })
        .onConflict((conflict) => conflict.columns(['learner_id', 'course']).doNothing())
        .execute()
    },

    async unblock(learnerId, course) {
      await db.deleteFrom('question_block').where('learner_id', '=', learnerId).where('course', '=', course).execute()
    },

    async isBlocked(learnerId, course) {
      const row = await db
        .selectFrom('question_block')
        .select('at')
        .where('learner_id', '=', learnerId)
        .where('course', '=', course)
        .executeTakeFirst()
      return row !== undefined
    },

    async remove(id) {
      await db.deleteFrom('question').where('id', '=', id).execute()
      await askForRewrite(db)
    },
  }
}

function isAfter(eb: ExpressionBuilder<Database, 'question'>, state: QuestionState, { urgent, at, id }: InboxCursor) {
  if (state !== 'waiting')
    return eb.or([eb('touched_at', '<', at), eb.and([eb('touched_at', '=', at), eb('id', '<', id)])])
  return eb.or([
    eb('urgent', '<', Number(urgent)),
    eb.and([
      eb('urgent', '=', Number(urgent)),
      eb.or([eb('waiting_since', '>', at), eb.and([eb('waiting_since', '=', at), eb('id', '>', id)])]),
    ]),
  ])
}

const COLUMNS = {
  state: 'state',
  urgent: 'urgent',
  waitingSince: 'waiting_since',
  answeredAt: 'answered_at',
  closedAt: 'closed_at',
  touchedAt: 'touched_at',
  assignedTo: 'assigned_to',
  followUpDeliveryId: 'follow_up_delivery_id',
} as const satisfies Readonly<Record<keyof QuestionChanges, keyof Database['question']>>

function toColumns(changes: QuestionChanges): Updateable<Database['question']> {
  const entries = Object.entries(changes) as [keyof QuestionChanges, QuestionChanges[keyof QuestionChanges]][]
  return Object.fromEntries(
    entries.map(([name, value]) => [COLUMNS[name], typeof value === 'boolean' ? Number(value) : value]),
  )
}

function toQuestion(row: Selectable<Database['question']> & { readonly follow_up_asked_at: number | null }): Question {
  return {
    id: row.id,
    learnerId: row.learner_id,
    enrolmentId: row.enrolment_id,
    course: row.course,
    language: row.language,
    day: row.day,
    via: row.via as QuestionVia,
    state: row.state as QuestionState,
    urgent: row.urgent === 1,
    allowsName: row.allows_name === 1,
    askedAt: row.asked_at,
    waitingSince: row.waiting_since,
    answeredAt: row.answered_at,
    closedAt: row.closed_at,
    touchedAt: row.touched_at,
    assignedTo: row.assigned_to,
    followUpAskedAt: row.follow_up_asked_at,
    followUpDeliveryId: row.follow_up_delivery_id,
  }
}

function toMessage(row: Selectable<Database['question_message']>): QuestionMessage {
  return {
    id: row.id,
    questionId: row.question_id,
    by: row.written_by as QuestionMessage['by'],
    operatorId: row.operator_id,
    sealed: row.sealed,
    via: row.via as QuestionVia,
    at: row.at,
    deliveryId: row.delivery_id,
  }
}
