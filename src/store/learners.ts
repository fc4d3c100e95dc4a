import type { Kysely } from 'kysely'
import type { Learners } from '../flow/store-ports.ts'
import type { Database } from './schema.ts'

export function createLearners(db: Kysely<Database>): Learners {
  return {
    async ensure({ address, addressKey, now }) {
      await db
        .insertInto('learner')
        .values({ address, address_key: addressKey, data_key: null, created_at: now })
        .onConflict((conflict) => conflict.column('address_key').doNothing())
        .execute()
      return db
        .selectFrom('learner')
        .select(['id', 'address'])
        .where('address_key', '=', addressKey)
        .executeTakeFirstOrThrow()
    },

    async byId(id) {
      const row = await db.selectFrom('learner').select(['id', 'address']).where('id', '=', id).executeTakeFirst()
      return row ?? null
    },

    async erase(id) {
      // Everything of the learner's hangs on this row; suppressions are kept by their own key.
      await db.deleteFrom('learner').where('id', '=', id).execute()
    },

    async dataKey(id, fresh) {
      const stored = await readDataKey(db, id)
      if (stored) return stored
      // Conditional, so that of two sessions writing their first line together one key wins for both.
      await db
        .updateTable('learner')
        .set({ data_key: fresh() })
        .where('id', '=', id)
        .where('data_key', 'is', null)
        .execute()
      const key = await readDataKey(db, id)
      if (!key) throw new Error(`learner ${id} is gone`)
      return key
    },
  }
}

async function readDataKey(db: Kysely<Database>, id: number): Promise<Uint8Array | null> {
  const row = await db.selectFrom('learner').select('data_key').where('id', '=', id).executeTakeFirst()
  return row?.data_key ?? null
}
