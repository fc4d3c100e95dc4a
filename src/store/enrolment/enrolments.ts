import { type Kysely, sql } from 'kysely'
import { type Enrolments, NO_STORED_START } from '../../flow/ports/enrolment-ports.ts'
import { batchedLookup } from '../database/batched-lookup.ts'
import { prepared, type QueryParameters } from '../database/prepared-queries.ts'
import {
  ENROLMENT_COLUMNS,
  NO_OVERLAYS,
  preferenceParameters,
  toEnrolment,
  toPreferenceColumns,
  toPreferences,
  toStoredStart,
} from '../database/rows.ts'
import type { Database, PreferenceColumns } from '../database/schema.ts'

type NewEnrolment = PreferenceColumns & {
  readonly learner_id: number
  readonly short_emails: number
  readonly course: string
  readonly confirmed_at: number
  readonly days: number | null
}

const insert = prepared((db, parameter: QueryParameters<NewEnrolment>) =>
  db
    .insertInto('enrolment')
    .values({
      ...preferenceParameters(parameter),
      overlays: sql.lit(NO_OVERLAYS),
      learner_id: parameter('learner_id'),
      short_emails: parameter('short_emails'),
      paused_at: null,
      paused_until: null,
      course: parameter('course'),
      state: 'active',
      confirmed_at: parameter('confirmed_at'),
      ended_at: null,
      check_ins_stopped_at: null,
      days: parameter('days'),
    })
    .returning(ENROLMENT_COLUMNS),
)

const findById = batchedLookup('id', (db, ids) =>
  db.selectFrom('enrolment').select(ENROLMENT_COLUMNS).where('id', 'in', ids),
)

const findLatest = prepared((db, parameter: QueryParameters<{ learnerId: number; course: string }>) =>
  db
    .selectFrom('enrolment')
    .select(ENROLMENT_COLUMNS)
    .where('learner_id', '=', parameter('learnerId'))
    .where('course', '=', parameter('course'))
    .orderBy('id', 'desc')
    .limit(1),
)

const findStartingPoint = batchedLookup('id', (db, ids) =>
  db.selectFrom('enrolment').select(['id', 'starting_point', 'track', 'overlays']).where('id', 'in', ids),
)

const keepStartingPoint = prepared((db, parameter: QueryParameters<{ id: number; sealed: Uint8Array }>) =>
  db
    .updateTable('enrolment')
    .set((eb) => ({ starting_point: parameter('sealed'), track: eb.lit(null), overlays: sql.lit(NO_OVERLAYS) }))
    .where('id', '=', parameter('id')),
)

export function createEnrolments(db: Kysely<Database>): Enrolments {
  return {
    async add({ learnerId, course, days, now, shortEmails, ...preferences }) {
      const columns = {
        ...toPreferenceColumns(preferences),
        short_emails: Number(shortEmails),
        learner_id: learnerId,
        course,
        confirmed_at: now,
        days,
      }
      const [row] = (await insert(db, columns)).rows
      if (!row) throw new Error('an enrolment was not written')
      return toEnrolment(row)
    },

    async byId(id) {
      const row = await findById(db, id)
      return row ? toEnrolment(row) : null
    },

    async latest(learnerId, course) {
      const [row] = (await findLatest(db, { learnerId, course })).rows
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
        .set({
          state: to,
          ended_at: to === 'active' || to === 'paused' ? null : now,
          ...(to !== 'paused' && { paused_at: null, paused_until: null }),
        })
        .where('id', '=', id)
        .where('state', '=', from)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async setPause(id, { since, until }) {
      await db
        .updateTable('enrolment')
        .set({ paused_at: since, paused_until: until })
        .where('id', '=', id)
        .where('state', '=', 'paused')
        .execute()
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

    async setShortEmails(id, on) {
      await db
        .updateTable('enrolment')
        .set({ short_emails: Number(on) })
        .where('id', '=', id)
        .execute()
    },

    async settleShortEmails(id, on) {
      await db
        .updateTable('enrolment')
        .set({ short_emails: Number(on) })
        .where('id', '=', id)
        .where('short_emails', 'is', null)
        .execute()
    },

    async withoutShortEmails(afterId, limit) {
      const rows = await db
        .selectFrom('enrolment')
        .select(ENROLMENT_COLUMNS)
        .where('short_emails', 'is', null)
        .where('id', '>', afterId)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toEnrolment)
    },

    async startingPoint(id) {
      const row = await findStartingPoint(db, id)
      return row ? toStoredStart(row) : NO_STORED_START
    },

    async setStartingPoint(id, sealed) {
      await keepStartingPoint(db, { id, sealed })
    },
  }
}
