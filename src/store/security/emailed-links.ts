import type { Kysely } from 'kysely'
import type { EmailedLinks, LinkGoal } from '../../flow/ports/security-ports.ts'
import type { Database } from '../database/schema.ts'

export function createEmailedLinks(db: Kysely<Database>): EmailedLinks {
  return {
    async add({ deliveryId, learnerId, day, goal, now }) {
      await db
        .insertInto('emailed_link')
        .values({ delivery_id: deliveryId, learner_id: learnerId, day, goal, created_at: now, used_at: null })
        .execute()
    },

    async find(deliveryId) {
      const row = await db
        .selectFrom('emailed_link')
        .selectAll()
        .where('delivery_id', '=', deliveryId)
        .executeTakeFirst()
      if (row === undefined) return null
      return {
        learnerId: row.learner_id,
        day: row.day,
        goal: row.goal as LinkGoal,
        isUsed: row.used_at !== null,
        tries: row.tries,
      }
    },

    async useAll(learnerId, now) {
      await db
        .updateTable('emailed_link')
        .set({ used_at: now })
        .where('learner_id', '=', learnerId)
        .where('used_at', 'is', null)
        .execute()
    },

    async use(deliveryId, now) {
      const result = await db
        .updateTable('emailed_link')
        .set({ used_at: now })
        .where('delivery_id', '=', deliveryId)
        .where('used_at', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async countTry(deliveryId, { ofLink, ofAll, since }) {
      const result = await db
        .updateTable('emailed_link')
        .set((eb) => ({ tries: eb('tries', '+', 1) }))
        .where('delivery_id', '=', deliveryId)
        .where('used_at', 'is', null)
        .where('tries', '<', ofLink)
        .where(
          (eb) =>
            eb
              .selectFrom('emailed_link as other')
              .select((all) => all.fn.sum<number>('other.tries').as('n'))
              .whereRef('other.learner_id', '=', 'emailed_link.learner_id')
              .where('other.created_at', '>=', since),
          '<',
          ofAll,
        )
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async triesSince(learnerId, since) {
      const row = await db
        .selectFrom('emailed_link')
        .select((eb) => eb.fn.sum<number | null>('tries').as('n'))
        .where('learner_id', '=', learnerId)
        .where('created_at', '>=', since)
        .executeTakeFirstOrThrow()
      return Number(row.n ?? 0)
    },

    async forget(before, limit) {
      const old = db.selectFrom('emailed_link').select('delivery_id').where('created_at', '<', before).limit(limit)
      const result = await db.deleteFrom('emailed_link').where('delivery_id', 'in', old).executeTakeFirst()
      return Number(result.numDeletedRows)
    },
  }
}
