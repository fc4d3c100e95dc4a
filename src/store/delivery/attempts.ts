import type { Kysely, Selectable } from 'kysely'
import type { Attempts, NumberedAttempt } from '../../flow/ports/delivery-ports.ts'
import type { Database } from '../database/schema.ts'
import { cutReply } from './delivery-guards.ts'

/** An outage can take a thousand attempts, of which the first and the last ones tell what happened. */
const FIRST_KEPT = 3
const LAST_KEPT = 20

export function createAttempts(db: Kysely<Database>): Attempts {
  return {
    async note({ deliveryId, at, outcome, reply, nextAt }) {
      const noted = await db
        .insertInto('delivery_attempt')
        .columns(['delivery_id', 'number', 'at', 'outcome', 'reply', 'next_at'])
        .expression((eb) =>
          eb
            .selectFrom('delivery_attempt')
            .select((row) => [
              row.cast<number>(row.val(deliveryId), 'bigint').as('delivery_id'),
              row(row.fn.coalesce(row.fn.max('number'), row.lit(0)), '+', row.lit(1)).as('number'),
              row.cast<number>(row.val(at), 'bigint').as('at'),
              row.cast<string>(row.val(outcome), 'text').as('outcome'),
              row.cast<string>(row.val(cutReply(reply)), 'text').as('reply'),
              row.cast<number | null>(row.val(nextAt), 'bigint').as('next_at'),
            ])
            .where('delivery_id', '=', deliveryId)
            // Two workers may hold back the same row at the same time, and both say the same.
            .having(({ exists, not, selectFrom }) =>
              not(
                exists(
                  selectFrom('delivery_attempt as same')
                    .select('same.number')
                    .where('same.delivery_id', '=', deliveryId)
                    .where('same.outcome', '=', outcome)
                    .where('same.next_at', '=', nextAt),
                ),
              ),
            ),
        )
        .onConflict((conflict) => conflict.columns(['delivery_id', 'number']).doNothing())
        .returning('number')
        .executeTakeFirst()
      if (noted === undefined || noted.number <= FIRST_KEPT + LAST_KEPT) return
      await db
        .deleteFrom('delivery_attempt')
        .where('delivery_id', '=', deliveryId)
        .where('number', '>', FIRST_KEPT)
        .where('number', '<=', noted.number - LAST_KEPT)
        .execute()
    },

    async ofDelivery(deliveryId) {
      const rows = await db
        .selectFrom('delivery_attempt')
        .selectAll()
        .where('delivery_id', '=', deliveryId)
        .orderBy('number')
        .execute()
      return rows.map(toAttempt)
    },

    async ofLearner(learnerId) {
      const rows = await db
        .selectFrom('delivery_attempt')
        .innerJoin('delivery', 'delivery.id', 'delivery_attempt.delivery_id')
        .selectAll('delivery_attempt')
        .where('delivery.learner_id', '=', learnerId)
        .orderBy('delivery_attempt.delivery_id')
        .orderBy('delivery_attempt.number')
        .execute()
      return rows.map(toAttempt)
    },
  }
}

function toAttempt(row: Selectable<Database['delivery_attempt']>): NumberedAttempt {
  return {
    deliveryId: row.delivery_id,
    number: row.number,
    at: row.at,
    outcome: row.outcome as NumberedAttempt['outcome'],
    reply: row.reply,
    nextAt: row.next_at,
  }
}
