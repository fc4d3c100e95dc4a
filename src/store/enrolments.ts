import type { Kysely } from 'kysely'
import type { Enrolments } from '../flow/store-ports.ts'
import { lookUp } from './look-up.ts'
import { ENROLMENT_COLUMNS, toEnrolment, toPreferenceColumns, toPreferences } from './rows.ts'
import type { Database } from './schema.ts'

const findById = lookUp('id', (db, ids) => db.selectFrom('enrolment').select(ENROLMENT_COLUMNS).where('id', 'in', ids))

const findStartingPoint = lookUp('id', (db, ids) =>
  db.selectFrom('enrolment').select(['id', 'starting_point']).where('id', 'in', ids),
)

export function createEnrolments(db: Kysely<Database>): Enrolments {
  return {
    async add({ learnerId, course, now, ...preferences }) {
      const row = await db
        .insertInto('enrolment')
        .values({
          ...toPreferenceColumns(preferences),
          learner_id: learnerId,
          course,
          state: 'active',
          confirmed_at: now,
          ended_at: null,
          check_ins_stopped_at: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return toEnrolment(row)
    },

    async byId(id) {
      const row = await findById(db, id)
      return row ? toEnrolment(row) : null
    },

    async latest(learnerId, course) {
      const row = await db
        .selectFrom('enrolment')
        .selectAll()
        .where('learner_id', '=', learnerId)
        .where('course', '=', course)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row ? toEnrolment(row) : null
    },

    async ofLearner(learnerId) {
      const rows = await db
        .selectFrom('enrolment')
        .selectAll()
        .where('learner_id', '=', learnerId)
        .orderBy('id')
        .execute()
      return rows.map(toEnrolment)
    },

    async move(id, from, to, now) {
      const result = await db
        .updateTable('enrolment')
        .set({ state: to, ended_at: to === 'active' ? null : now })
        .where('id', '=', id)
        .where('state', '=', from)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async setCheckIns(id, stoppedAt) {
      await db.updateTable('enrolment').set({ check_ins_stopped_at: stoppedAt }).where('id', '=', id).execute()
    },

    async setPreferences(id, preferences) {
      const row = await db.selectFrom('enrolment').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) return
      await db
        .updateTable('enrolment')
        .set(toPreferenceColumns({ ...toPreferences(row), ...preferences }))
        .where('id', '=', id)
        .execute()
    },

    async startingPoint(id) {
      return (await findStartingPoint(db, id))?.starting_point ?? null
    },

    async setStartingPoint(id, sealed) {
      await db.updateTable('enrolment').set({ starting_point: sealed }).where('id', '=', id).execute()
    },
  }
}
