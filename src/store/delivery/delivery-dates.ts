import type { Kysely } from 'kysely'
import { OPENED_EARLY_REPLY } from '../../core/delivery/no-email-replies.ts'
import { type DeliveryKind, NEVER } from '../../core/model.ts'
import type { Deliveries } from '../../flow/ports/delivery-ports.ts'
import { toDelivery } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'
import { LIVE, mayBeSent, PLANNED, WAITING } from './delivery-guards.ts'

/** How a delivery that no worker holds moves to another date, is held, or is opened before its date. */
export function createDeliveryDates(
  db: Kysely<Database>,
): Pick<Deliveries, 'postpone' | 'hold' | 'moveEarlySlot' | 'openEarly' | 'extendAttempts' | 'replan'> {
  return {
    async postpone(id, dueAt) {
      const row = await db
        .updateTable('delivery')
        .set({ due_at: dueAt })
        .where('id', '=', id)
        .where('state', 'in', PLANNED)
        // Only these columns, so that a row that cannot be parsed is postponed too.
        .returning(['id', 'due_at', 'kind'])
        .executeTakeFirst()
      return row ? { id: row.id, dueAt: row.due_at, kind: row.kind as DeliveryKind } : null
    },

    async hold(id, dueAt) {
      const row = await db
        .updateTable('delivery')
        .set({ due_at: dueAt })
        .where('id', '=', id)
        .where('state', 'in', WAITING)
        // Rows due at NEVER wait for an operator.
        .where('due_at', '<', NEVER)
        .returning(['id', 'due_at', 'kind'])
        .executeTakeFirst()
      return row ? { id: row.id, dueAt: row.due_at, kind: row.kind as DeliveryKind } : null
    },

    async moveEarlySlot(id, at) {
      await db
        .updateTable('delivery')
        .set({ first_dot_at: at })
        .where('id', '=', id)
        .where('settled_at', '<', at)
        .where('first_dot_at', '>', at)
        .execute()
    },

    async openEarly(id, { now, today, variant }) {
      const result = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'sent',
          fence: eb('fence', '+', 1),
          // Never before the opening itself, so that a lesson that is late counts as today's.
          first_dot_at: eb.case().when('due_at', '>', now).then(eb.ref('due_at')).else(now).end(),
          settled_at: now,
          sealed_variant: variant,
          reply: OPENED_EARLY_REPLY,
        }))
        .where('id', '=', id)
        .where('state', 'in', PLANNED)
        .where('first_dot_at', 'is', null)
        .where(mayBeSent)
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('delivery as other')
                .select('other.id')
                .whereRef('other.enrolment_id', '=', 'delivery.enrolment_id')
                .where('other.day', 'is not', null)
                .where((other) =>
                  other.or([
                    other.and([other('other.day', '<', other.ref('delivery.day')), other('other.state', 'in', LIVE)]),
                    other.and([
                      other('other.first_dot_at', '>', other.ref('other.settled_at')),
                      other('other.settled_at', '>=', today.start),
                      other('other.settled_at', '<', today.end),
                    ]),
                  ]),
                ),
            ),
          ),
        )
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async extendAttempts(enrolmentId, ms) {
      await db
        .updateTable('delivery')
        .set((eb) => ({ first_attempt_at: eb('first_attempt_at', '+', ms) }))
        .where('enrolment_id', '=', enrolmentId)
        .where('day', 'is not', null)
        .where('state', '=', 'deferred')
        .where('first_attempt_at', 'is not', null)
        .execute()
    },

    async replan(id, dueAt) {
      const row = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'planned',
          due_at: dueAt,
          fence: eb('fence', '+', 1),
          first_attempt_at: null,
          settled_at: null,
          reply: null,
        }))
        .where('id', '=', id)
        .where('state', '=', 'cancelled')
        .returningAll()
        .executeTakeFirst()
      return row ? toDelivery(row) : null
    },
  }
}
