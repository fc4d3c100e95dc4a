import type { Kysely } from 'kysely'
import type { UnbuiltMessages } from '../../flow/ports/delivery-ports.ts'
import type { Database } from '../database/schema.ts'
import { cutReply } from './delivery-guards.ts'

export function createUnbuiltMessages(db: Kysely<Database>): UnbuiltMessages {
  return {
    async note(deliveryId, reason, now) {
      const row = { reason: cutReply(reason), at: now }
      await db
        .insertInto('unbuilt_message')
        .values({ delivery_id: deliveryId, ...row })
        .onConflict((conflict) => conflict.column('delivery_id').doUpdateSet(row))
        .execute()
    },

    async forget(deliveryId) {
      await db.deleteFrom('unbuilt_message').where('delivery_id', '=', deliveryId).execute()
    },

    async forgetSince(at) {
      const result = await db.deleteFrom('unbuilt_message').where('at', '>=', at).executeTakeFirst()
      return Number(result.numDeletedRows)
    },

    async since(at) {
      const rows = await db
        .selectFrom('unbuilt_message')
        .select(['reason', (eb) => eb.fn.countAll<number>().as('count')])
        .where('at', '>=', at)
        .groupBy('reason')
        .orderBy('count', 'desc')
        .execute()
      return rows.map(({ reason, count }) => ({ reason, count: Number(count) }))
    },

    async replanFailed(since, now) {
      const rows = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'planned',
          due_at: now,
          attempt: 0,
          fence: eb('fence', '+', 1),
          first_attempt_at: null,
          settled_at: null,
          reply: null,
        }))
        .where('state', '=', 'failed')
        .where('first_dot_at', 'is', null)
        .where('id', 'in', (eb) => eb.selectFrom('unbuilt_message').select('delivery_id').where('at', '>=', since))
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('delivery as later')
                .select('later.id')
                .whereRef('later.enrolment_id', '=', 'delivery.enrolment_id')
                .whereRef('later.day', '>', 'delivery.day')
                .where('later.first_dot_at', 'is not', null),
            ),
          ),
        )
        .returning('id')
        .execute()
      const ids = rows.map(({ id }) => id)
      if (ids.length > 0) await db.deleteFrom('unbuilt_message').where('delivery_id', 'in', ids).execute()
      return ids.length
    },
  }
}
