import type { Kysely } from 'kysely'
import type { Suppressions } from '../../flow/ports/report-ports.ts'
import type { Database } from '../database/schema.ts'

export function createSuppressions(db: Kysely<Database>): Suppressions {
  return {
    async add(learnerId, reason, now) {
      await db
        .insertInto('suppression')
        .columns(['address_key', 'reason', 'created_at'])
        .expression((eb) =>
          eb
            .selectFrom('learner')
            .select((columns) => ['address_key', columns.val(reason).as('reason'), columns.val(now).as('created_at')])
            .where('id', '=', learnerId),
        )
        .onConflict((conflict) => conflict.column('address_key').doNothing())
        .execute()
    },

    async hasLearner(learnerId) {
      const row = await db
        .selectFrom('suppression')
        .innerJoin('learner', 'learner.address_key', 'suppression.address_key')
        .select('learner.id')
        .where('learner.id', '=', learnerId)
        .executeTakeFirst()
      return row !== undefined
    },

    async addKey({ addressKey, reason, createdAt }) {
      const result = await db
        .insertInto('suppression')
        .values({ address_key: addressKey, reason, created_at: createdAt })
        .onConflict((conflict) => conflict.column('address_key').doNothing())
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async removeKey(addressKey) {
      const result = await db.deleteFrom('suppression').where('address_key', '=', addressKey).executeTakeFirst()
      return result.numDeletedRows === 1n
    },

    async byKey(addressKey) {
      const row = await db
        .selectFrom('suppression')
        .selectAll()
        .where('address_key', '=', addressKey)
        .executeTakeFirst()
      return row ? { addressKey: row.address_key, reason: row.reason, createdAt: row.created_at } : null
    },

    async count(most) {
      const { n } = await db
        .selectFrom(db.selectFrom('suppression').select('address_key').limit(most).as('some'))
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
      return Number(n)
    },

    async all() {
      const rows = await db.selectFrom('suppression').selectAll().orderBy('created_at').orderBy('address_key').execute()
      return rows.map((row) => ({ addressKey: row.address_key, reason: row.reason, createdAt: row.created_at }))
    },
  }
}
