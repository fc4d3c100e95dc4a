import type { Kysely, Selectable } from 'kysely'
import type { Publication, PublicationState } from '../../core/publication/publication.ts'
import type { Publications } from '../../flow/ports/publication-ports.ts'
import type { Database } from '../database/schema.ts'

export function createPublications(db: Kysely<Database>): Publications {
  return {
    async find(questionId) {
      const row = await db
        .selectFrom('publication')
        .selectAll()
        .where('question_id', '=', questionId)
        .executeTakeFirst()
      return row === undefined ? null : toPublication(row)
    },

    async ofDelivery(deliveryId) {
      const row = await db
        .selectFrom('publication')
        .selectAll()
        .where('delivery_id', '=', deliveryId)
        .executeTakeFirst()
      return row === undefined ? null : toPublication(row)
    },

    async propose({ questionId, before, from, sealed, deliveryId, now }) {
      if (from === null) {
        const added = await db
          .insertInto('publication')
          .values({
            ...{ question_id: questionId, version: 1, state: 'proposed', sealed, changed: null },
            ...{ proposed_at: now, decided_at: null, delivery_id: deliveryId },
          })
          .onConflict((conflict) => conflict.column('question_id').doNothing())
          .executeTakeFirst()
        return added.numInsertedOrUpdatedRows === 1n
      }
      const replaced = await db
        .updateTable('publication')
        .set({ version: before + 1, state: 'proposed', sealed, changed: null, decided_at: null })
        .$if(from === 'removed', (query) => query.set({ proposed_at: now, delivery_id: deliveryId }))
        .where('question_id', '=', questionId)
        .where('version', '=', before)
        .where('state', '=', from)
        .executeTakeFirst()
      return replaced.numUpdatedRows === 1n
    },

    async change({ questionId, version, changed, proposedAfter }) {
      const result = await db
        .updateTable('publication')
        .set({ version: version + 1, changed })
        .where('question_id', '=', questionId)
        .where('version', '=', version)
        .where('state', '=', 'proposed')
        .where('proposed_at', '>', proposedAfter)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async decide({ questionId, version, state, proposedAfter, now }) {
      const result = await db
        .updateTable('publication')
        .set({ state, decided_at: now })
        .where('question_id', '=', questionId)
        .where('version', '=', version)
        .where('state', '=', 'proposed')
        .where('proposed_at', '>', proposedAfter)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async end(questionId, from, state, now) {
      const result = await db
        .updateTable('publication')
        .set({ state, decided_at: now })
        .where('question_id', '=', questionId)
        .where('state', 'in', [...from])
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async declineOfEnrolment(enrolmentId, now) {
      await db
        .updateTable('publication')
        .set({ state: 'declined', decided_at: now })
        .where('state', '=', 'proposed')
        .where('question_id', 'in', (eb) =>
          eb.selectFrom('question').select('id').where('enrolment_id', '=', enrolmentId),
        )
        .execute()
    },

    async declineProposedBefore(instant, now) {
      const result = await db
        .updateTable('publication')
        .set({ state: 'declined', decided_at: now })
        .where('state', '=', 'proposed')
        .where('proposed_at', '<=', instant)
        .executeTakeFirst()
      return Number(result.numUpdatedRows)
    },
  }
}

function toPublication(row: Selectable<Database['publication']>): Publication {
  return {
    questionId: row.question_id,
    version: row.version,
    state: row.state as PublicationState,
    sealed: row.sealed,
    changed: row.changed,
    proposedAt: row.proposed_at,
    decidedAt: row.decided_at,
    deliveryId: row.delivery_id,
  }
}
