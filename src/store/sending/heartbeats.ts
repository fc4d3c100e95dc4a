import type { Kysely } from 'kysely'
import type { Heartbeats } from '../../flow/ports/sending-ports.ts'
import type { Database } from '../database/schema.ts'

export function createHeartbeats(db: Kysely<Database>): Heartbeats {
  return {
    async beat(name, now) {
      await db
        .insertInto('heartbeat')
        .values({ name, at: now })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ at: now }))
        .execute()
    },

    async last(name) {
      const row = await db.selectFrom('heartbeat').select('at').where('name', '=', name).executeTakeFirst()
      return row?.at ?? null
    },
  }
}
