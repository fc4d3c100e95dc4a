import { type Kysely, sql } from 'kysely'
import type { Unsealed } from '../../flow/ports/security-ports.ts'
import { askForRewrite } from '../database/rewrite-task.ts'
import { NO_OVERLAYS } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'
import { type NameSealer, sealStoredFieldNames } from './sealed-field-names.ts'

/** Must match the condition of the partial index word for word, or SQLite scans the whole table. */
const IS_UNSEALED = sql<boolean>`(track is not null or overlays <> '[]' or starting_point is null)`

export function createUnsealed(db: Kysely<Database>, names: NameSealer | null): Unsealed {
  return {
    async starts(owner, after, limit) {
      const rows = await db
        .selectFrom(owner)
        .select(['id', 'learner_id', 'track', 'overlays', 'starting_point'])
        .where(IS_UNSEALED)
        .where('id', '>', after)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        id: row.id,
        learnerId: row.learner_id,
        sealed: row.starting_point,
        track: row.track,
        text: row.overlays,
      }))
    },

    async sealStart(owner, { id, sealed: before, track, text }, sealed) {
      const result = await db
        .updateTable(owner)
        .set({ starting_point: sealed, track: null, overlays: NO_OVERLAYS })
        .where('id', '=', id)
        .where('track', 'is', track)
        .where('overlays', '=', text)
        .where('starting_point', 'is', before as null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async variants(after, limit) {
      const rows = await db
        .selectFrom('delivery')
        .leftJoin('enrolment', 'enrolment.id', 'delivery.enrolment_id')
        .select(['delivery.id', 'delivery.learner_id', 'delivery.first_dot_at', 'delivery.variant', 'enrolment.course'])
        .where('delivery.variant', 'is not', null)
        .where('delivery.id', '>', after)
        .orderBy('delivery.id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        id: row.id,
        learnerId: row.learner_id,
        course: row.course,
        hasLeft: row.first_dot_at !== null,
        text: row.variant as string,
      }))
    },

    async sealVariant({ id, hasLeft, text }, sealed) {
      const result = await db
        .updateTable('delivery')
        .set({ sealed_variant: sealed, variant: null })
        .where('id', '=', id)
        .where('variant', '=', text)
        .where('first_dot_at', hasLeft ? 'is not' : 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    sealFields: async (after, limit) =>
      names === null ? { last: null, sealed: 0 } : sealStoredFieldNames(db, names, after, limit),

    askForRewrite: () => askForRewrite(db),
  }
}
