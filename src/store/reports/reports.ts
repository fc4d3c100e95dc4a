import { type Kysely, sql } from 'kysely'
import { NEVER } from '../../core/model.ts'
import type { Reports } from '../../flow/ports/report-ports.ts'
import { engineOf } from '../database/database.ts'
import { toDelivery } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'
import { LIVE } from '../delivery/delivery-guards.ts'

export function createReports(db: Kysely<Database>): Reports {
  return {
    async byMessageId(messageId) {
      const row = await db
        .selectFrom('delivery')
        .selectAll()
        .where('message_id', '=', messageId)
        .limit(1)
        .executeTakeFirst()
      return row ? toDelivery(row) : null
    },

    async learnerByKey(addressKey) {
      const row = await db.selectFrom('learner').select('id').where('address_key', '=', addressKey).executeTakeFirst()
      return row?.id ?? null
    },

    async note(delivery, kind, reason, now) {
      const result = await db
        .insertInto('setback')
        .values({ delivery_id: delivery.id, kind, learner_id: delivery.learnerId, reason, at: now })
        .onConflict((conflict) => conflict.columns(['delivery_id', 'kind']).doNothing())
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async fullInARow(delivery, addressSince) {
      if (delivery.enrolmentId === null || delivery.day === null) return { lessons: 0, since: null }
      const rows = await db
        .selectFrom('delivery')
        .leftJoin('setback', (join) =>
          join.onRef('setback.delivery_id', '=', 'delivery.id').on('setback.kind', '=', 'full'),
        )
        .select(['delivery.first_attempt_at', 'setback.at'])
        .where('delivery.enrolment_id', '=', delivery.enrolmentId)
        .where('delivery.day', '<=', delivery.day)
        // A delivery that was never tried says nothing about the mailbox.
        .where('delivery.first_attempt_at', 'is not', null)
        .$if(addressSince !== null, (query) => query.where('delivery.first_attempt_at', '>=', addressSince))
        .orderBy('delivery.day', 'desc')
        .execute()
      const end = rows.findIndex((row) => row.at === null)
      const run = end < 0 ? rows : rows.slice(0, end)
      return { lessons: run.length, since: run.at(-1)?.first_attempt_at ?? null }
    },

    async countSince(kind, since) {
      const row = await db
        .selectFrom('setback')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('kind', '=', kind)
        .where('at', '>=', since)
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },

    async confirmedByDomain(kind, since) {
      const domain = engineOf(db).domainOf('learner.address')
      // Different spellings of one mailbox count as one person.
      const mailboxes = sql<number>`count(distinct coalesce(learner.mailbox_key, cast(learner.id as text)))`
      const rows = await db
        .selectFrom('setback')
        .innerJoin('learner', 'learner.id', 'setback.learner_id')
        .innerJoin('delivery', 'delivery.id', 'setback.delivery_id')
        .select([domain.as('domain'), mailboxes.as('learners')])
        .where('setback.kind', '=', kind)
        .where('setback.at', '>=', since)
        // A refused message was never accepted, so it may have no handover.
        .where((eb) => eb.or([eb('delivery.first_dot_at', 'is', null), eb('delivery.first_dot_at', '>=', since)]))
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('enrolment')
              .select('enrolment.id')
              .whereRef('enrolment.learner_id', '=', 'setback.learner_id')
              .whereRef('enrolment.confirmed_at', '<=', 'setback.at'),
          ),
        )
        .groupBy(domain)
        .execute()
      return rows.map((row) => ({ domain: row.domain, learners: Number(row.learners) }))
    },

    async cancelLearner(learnerId, reason, now) {
      await db
        .updateTable('delivery')
        .set({ due_at: NEVER })
        .where('learner_id', '=', learnerId)
        .where('state', '=', 'unconfirmed')
        .execute()
      const result = await db
        .updateTable('delivery')
        .set({ state: 'cancelled', settled_at: now, reply: reason, lease_until: null, lease_owner: null })
        .where('learner_id', '=', learnerId)
        .where('state', 'in', LIVE)
        .where('dot_at', 'is', null)
        .executeTakeFirst()
      return Number(result.numUpdatedRows)
    },

    async resolveUnconfirmed(id, state, reply, now) {
      const result = await db
        .updateTable('delivery')
        .set({ state, reply, settled_at: now })
        .where('id', '=', id)
        .where('state', '=', 'unconfirmed')
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
  }
}
