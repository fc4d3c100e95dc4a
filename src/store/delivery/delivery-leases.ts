import type { Kysely } from 'kysely'
import { WEB_ONLY_REPLY } from '../../core/delivery/no-email-replies.ts'
import { NEVER } from '../../core/model.ts'
import type { Deliveries } from '../../flow/ports/delivery-ports.ts'
import { toDelivery } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'
import { cutReply, LEASED, settlementColumns } from './delivery-guards.ts'
import { claimTogether, markTogether, settleSent } from './delivery-updates.ts'

/**
 * What a worker does to a delivery from the claim to the outcome, guarded by the fence of its claim; and what becomes of a lease
 * whose worker has ended.
 */
export function createDeliveryLeases(
  db: Kysely<Database>,
): Pick<
  Deliveries,
  'claim' | 'renew' | 'markHandedOver' | 'settle' | 'settleAccepted' | 'expireHandovers' | 'releaseOwners'
> {
  return {
    async claim(id, request) {
      const { day, ...values } = request
      const row = await claimTogether(db, {
        ...values,
        id,
        start: day?.start ?? null,
        end: day?.end ?? null,
      })
      return row ? toDelivery(row) : null
    },

    async renew(id, fence, now, leaseUntil) {
      const result = await db
        .updateTable('delivery')
        .set({ lease_until: leaseUntil })
        .where('id', '=', id)
        .where('fence', '=', fence)
        .where('state', '=', LEASED)
        .where('lease_until', '>', now)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async markHandedOver(id, fence, now, variant = null) {
      return markTogether(db, { id, fence, now, variant })
    },

    async settle(id, fence, settlement, now) {
      if (settlement.state === 'sent') {
        const reply = 'webOnly' in settlement ? WEB_ONLY_REPLY : cutReply(settlement.reply)
        return (await settleSent(db, [{ id, fence, reply, at: now }])) === 1
      }
      const result = await db
        .updateTable('delivery')
        .set({ ...settlementColumns(settlement, now), lease_until: null, lease_owner: null })
        .where('id', '=', id)
        .where('fence', '=', fence)
        .where('state', '=', LEASED)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    settleAccepted: (messages) =>
      settleSent(
        db,
        messages.map((message) => ({ ...message, reply: cutReply(message.reply) })),
      ),

    async expireHandovers(now, dueAt) {
      const rows = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'unconfirmed',
          due_at: eb.case().when('resends', '=', 0).then(dueAt).else(NEVER).end(),
          lease_until: null,
          lease_owner: null,
          reply: 'no reply: the worker exited after handover',
        }))
        .where('state', '=', LEASED)
        .where('lease_until', '<=', now)
        .where('dot_at', 'is not', null)
        .returningAll()
        .execute()
      return rows.map(toDelivery)
    },

    async releaseOwners(owners, now) {
      if (owners.length === 0) return 0
      const result = await db
        .updateTable('delivery')
        .set({ lease_until: now })
        .where('state', '=', LEASED)
        .where('lease_until', '>', now)
        .where('lease_owner', 'in', owners)
        .executeTakeFirst()
      return Number(result.numUpdatedRows)
    },
  }
}
