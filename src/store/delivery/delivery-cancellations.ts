import type { Expression, Kysely, SqlBool } from 'kysely'
import { NEVER } from '../../core/model.ts'
import type { Deliveries } from '../../flow/ports/delivery-ports.ts'
import type { Database } from '../database/schema.ts'
import { type DeliveryExpressions, LEASED, LIVE, PLANNED, UNCONFIRMED, WEEKLY_KINDS } from './delivery-guards.ts'

/** How deliveries are called off, one or all of an enrolment. */
export function createDeliveryCancellations(
  db: Kysely<Database>,
): Pick<Deliveries, 'cancelWaiting' | 'cancelEnrolment' | 'cancelCheckIns'> {
  return {
    async cancelWaiting(id, reason, now) {
      // Whether it arrived remains unknown; only its pending resend is cancelled.
      await db
        .updateTable('delivery')
        .set({ due_at: NEVER })
        .where('id', '=', id)
        .where('state', '=', UNCONFIRMED)
        .execute()
      const result = await db
        .updateTable('delivery')
        .set({ state: 'cancelled', settled_at: now, reply: reason })
        .where('id', '=', id)
        .where('state', 'in', PLANNED)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    cancelEnrolment: (enrolmentId, now, reason) =>
      cancelLive(db, (eb) => eb('enrolment_id', '=', enrolmentId), now, reason),

    cancelCheckIns: (enrolmentId, now, reason) =>
      cancelLive(
        db,
        (eb) => eb.and([eb('enrolment_id', '=', enrolmentId), eb('kind', 'in', WEEKLY_KINDS)]),
        now,
        reason,
      ),
  }
}

/** Cancels unsent deliveries. After the first handover a message may have arrived, so only its resend is cancelled. */
export async function cancelLive(
  db: Kysely<Database>,
  which: (eb: DeliveryExpressions) => Expression<SqlBool>,
  now: number,
  reason?: string,
): Promise<number> {
  await db
    .updateTable('delivery')
    .set({ state: 'unconfirmed', due_at: NEVER, lease_until: null, lease_owner: null })
    .where(which)
    .where((eb) =>
      eb.or([
        eb('state', '=', UNCONFIRMED),
        eb.and([eb('state', '=', LEASED), eb('first_dot_at', 'is not', null), eb('dot_at', 'is', null)]),
      ]),
    )
    .execute()
  const result = await db
    .updateTable('delivery')
    .set({ state: 'cancelled', settled_at: now, reply: reason ?? null, lease_until: null, lease_owner: null })
    .where(which)
    .where('state', 'in', LIVE)
    .where('dot_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
