import type { Kysely } from 'kysely'
import type { ReplyOutcome } from '../../core/question/reply-outcome.ts'
import type { Replies } from '../../flow/ports/reply-ports.ts'
import type { Database } from '../database/schema.ts'

export function createReplies(db: Kysely<Database>): Replies {
  return {
    async add(reply, now) {
      const result = await db
        .insertInto('reply')
        .values({
          learner_id: reply.learnerId,
          delivery_id: reply.deliveryId,
          digest: reply.digest,
          sealed: reply.sealed,
          received_at: now,
          attempts: 0,
          next_try_at: now,
          settled_at: null,
          outcome: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async isKnown(digest) {
      const row = await db.selectFrom('reply').select('id').where('digest', '=', digest).executeTakeFirst()
      return row !== undefined
    },

    async waiting(limit, now) {
      const rows = await db
        .selectFrom('reply')
        .selectAll()
        .where('settled_at', 'is', null)
        .where('next_try_at', '<=', now)
        .orderBy('attempts')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        id: row.id,
        learnerId: row.learner_id,
        deliveryId: row.delivery_id,
        digest: row.digest,
        sealed: row.sealed,
        receivedAt: row.received_at,
        attempts: row.attempts,
      }))
    },

    async claim({ id, attempts }, now, until) {
      const result = await db
        .updateTable('reply')
        .set({ attempts: attempts + 1, next_try_at: until })
        .where('id', '=', id)
        .where('settled_at', 'is', null)
        .where('attempts', '=', attempts)
        .where('next_try_at', '<=', now)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async retryAt(id, at, attempts) {
      await db
        .updateTable('reply')
        .set({ next_try_at: at, attempts })
        .where('id', '=', id)
        .where('settled_at', 'is', null)
        .execute()
    },

    async settle(id, outcome, now) {
      const result = await db
        .updateTable('reply')
        .set({ sealed: new Uint8Array(), settled_at: now, outcome })
        .where('id', '=', id)
        .where('settled_at', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async setOutcome(id, outcome) {
      await db.updateTable('reply').set({ outcome }).where('id', '=', id).where('settled_at', 'is not', null).execute()
    },

    async countOf(learnerId, since) {
      const row = await db
        .selectFrom('reply')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('learner_id', '=', learnerId)
        .where('received_at', '>=', since)
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },

    async countWaiting(limit) {
      const waiting = db.selectFrom('reply').select('id').where('settled_at', 'is', null).limit(limit)
      const row = await db
        .selectFrom(waiting.as('waiting'))
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },

    async countByOutcome() {
      const rows = await db
        .selectFrom('reply')
        .select((eb) => ['outcome', eb.fn.countAll<number>().as('n')])
        .where('outcome', 'is not', null)
        .groupBy('outcome')
        .execute()
      return Object.fromEntries(rows.map(({ outcome, n }) => [outcome as ReplyOutcome, Number(n)]))
    },

    async forget(before) {
      const result = await db
        .deleteFrom('reply')
        .where('received_at', '<', before)
        .where('settled_at', 'is not', null)
        .executeTakeFirst()
      return Number(result.numDeletedRows)
    },
  }
}
