import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Effort } from '../../core/course/course.ts'
import type { AnswerStore, Progress, Sharing } from '../../flow/ports/exercise-ports.ts'
import type { Database } from '../database/schema.ts'

export function createProgress(db: Kysely<Database>): Progress {
  return {
    async complete(enrolmentId, day, effort, now) {
      await db
        .insertInto('progress')
        .values({ enrolment_id: enrolmentId, day, effort, completed_at: now })
        .onConflict((conflict) => conflict.columns(['enrolment_id', 'day']).doUpdateSet({ effort }))
        .execute()
    },

    async ofEnrolment(enrolmentId) {
      const rows = await db
        .selectFrom('progress')
        .selectAll()
        .where('enrolment_id', '=', enrolmentId)
        .orderBy('day')
        .execute()
      return rows.map((row) => ({ day: row.day, effort: row.effort as Effort, completedAt: row.completed_at }))
    },
  }
}

export function createAnswers(db: Kysely<Database>): AnswerStore {
  return {
    async put(key, answer, by) {
      await db
        .deleteFrom('answer')
        .where('enrolment_id', '=', key.enrolmentId)
        .where('day', '=', key.day)
        .where('session', '=', key.session)
        .where('field', '=', answer.field)
        .where('kept', '=', 0)
        .execute()
      await db
        .insertInto('answer')
        .values({
          enrolment_id: key.enrolmentId,
          day: key.day,
          session: key.session,
          field: answer.field,
          version: answer.version,
          sealed: answer.sealed,
          saved_at: answer.savedAt,
          own: by === 'own' ? 1 : null,
        })
        .execute()
    },

    async keep(key, answer) {
      await db
        .updateTable('answer')
        .set({ kept: 1 })
        .where('enrolment_id', '=', key.enrolmentId)
        .where('day', '=', key.day)
        .where('session', '=', key.session)
        .where('field', '=', answer.field)
        .where('version', '=', answer.version)
        .execute()
    },

    async readable(enrolmentId, day, session) {
      const rows = await db
        .selectFrom('answer')
        .select(['session', 'field', 'version', 'sealed', 'saved_at', 'kept'])
        .where('enrolment_id', '=', enrolmentId)
        .where('day', '=', day)
        .$if(session !== null, (query) => query.where('session', '=', session ?? ''))
        .orderBy('id')
        .execute()
      return rows.map((row) => ({
        session: row.session,
        field: row.field,
        version: row.version,
        sealed: row.sealed,
        savedAt: row.saved_at,
        kept: row.kept === 1,
      }))
    },

    async trimKept(key, most) {
      const newest = db
        .selectFrom('answer')
        .select('id')
        .where('enrolment_id', '=', key.enrolmentId)
        .where('day', '=', key.day)
        .where('session', '=', key.session)
        .where('kept', '=', 1)
        .orderBy('id', 'desc')
        .limit(most)
      await db
        .deleteFrom('answer')
        .where('enrolment_id', '=', key.enrolmentId)
        .where('day', '=', key.day)
        .where('session', '=', key.session)
        .where('kept', '=', 1)
        .where('id', 'not in', newest)
        .execute()
    },

    async countWriters({ enrolmentId, day, session }) {
      const row = await db
        .selectFrom('answer')
        .select((eb) => eb.fn.count<number>('session').distinct().as('n'))
        .where('enrolment_id', '=', enrolmentId)
        .where('day', '=', day)
        .where('session', '!=', session)
        .where('own', 'is', null)
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },

    async saveFieldSnapshots(looks) {
      if (looks.length === 0) return []
      const rows = looks.map((look) => ({ hash: createHash('sha256').update(look).digest('hex'), look }))
      const find = () =>
        db
          .selectFrom('field_look')
          .select(['id', 'hash'])
          .where(
            'hash',
            'in',
            rows.map(({ hash }) => hash),
          )
          .execute()
      let known = new Map((await find()).map(({ id, hash }) => [hash, id]))
      const fresh = rows.filter(({ hash }) => !known.has(hash))
      if (fresh.length > 0) {
        await db
          .insertInto('field_look')
          .values(fresh)
          .onConflict((conflict) => conflict.column('hash').doNothing())
          .execute()
        known = new Map((await find()).map(({ id, hash }) => [hash, id]))
      }
      return rows.map(({ hash }) => known.get(hash) as number)
    },

    async looks(ids) {
      if (ids.length === 0) return new Map()
      const rows = await db.selectFrom('field_look').select(['id', 'look']).where('id', 'in', ids).execute()
      return new Map(rows.map(({ id, look }) => [id, look]))
    },

    async writtenElsewhere(key) {
      const row = await db
        .selectFrom('answer')
        .select('id')
        .where('enrolment_id', '=', key.enrolmentId)
        .where('day', '=', key.day)
        .where('session', '!=', key.session)
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },

    async remove(enrolmentId, day, field) {
      await db
        .deleteFrom('answer')
        .where('enrolment_id', '=', enrolmentId)
        .where('day', '=', day)
        .where('field', '=', field)
        .execute()
    },

    async lastSavedAt(learnerId) {
      const row = await db
        .selectFrom('answer')
        .innerJoin('enrolment', 'enrolment.id', 'answer.enrolment_id')
        .select((eb) => eb.fn.max<number | null>('answer.saved_at').as('at'))
        .where('enrolment.learner_id', '=', learnerId)
        .executeTakeFirstOrThrow()
      const asked = await db
        .selectFrom('question')
        .select((eb) => eb.fn.max<number | null>('touched_at').as('at'))
        .where('learner_id', '=', learnerId)
        .executeTakeFirstOrThrow()
      return Math.max(Number(row.at ?? 0), Number(asked.at ?? 0))
    },
  }
}

export function createSharing(db: Kysely<Database>): Sharing {
  return {
    async ask(enrolmentId, day, now) {
      await db
        .insertInto('sharing')
        .values({ enrolment_id: enrolmentId, day, asked_at: now })
        .onConflict((conflict) => conflict.columns(['enrolment_id', 'day']).doNothing())
        .execute()
    },

    async askedAt(enrolmentId, day) {
      const row = await db
        .selectFrom('sharing')
        .select('asked_at')
        .where('enrolment_id', '=', enrolmentId)
        .where('day', '=', day)
        .executeTakeFirst()
      return row?.asked_at ?? null
    },

    async forget(enrolmentId, day) {
      await db
        .deleteFrom('sharing')
        .where('enrolment_id', '=', enrolmentId)
        .$if(day !== null, (query) => query.where('day', '=', day ?? 0))
        .execute()
    },
  }
}
