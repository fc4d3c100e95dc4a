import type { Kysely, Selectable } from 'kysely'
import type { Passkey, Passkeys } from '../../flow/ports/desk-ports.ts'
import type { Database } from '../database/schema.ts'

export function createPasskeys(db: Kysely<Database>): Passkeys {
  return {
    async add({ id, operatorId, publicKey, counter, transports, now }) {
      await db
        .insertInto('passkey')
        .values({
          ...{ id, counter, operator_id: operatorId, public_key: publicKey, added_at: now, last_used_at: null },
          transports: JSON.stringify(transports),
        })
        .execute()
    },

    async byId(id) {
      const row = await db.selectFrom('passkey').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? toPasskey(row) : null
    },

    async ofOperator(operatorId) {
      const rows = await db
        .selectFrom('passkey')
        .selectAll()
        .where('operator_id', '=', operatorId)
        .orderBy('added_at')
        .execute()
      return rows.map(toPasskey)
    },

    async noteUse(id, counter, now) {
      await db.updateTable('passkey').set({ counter, last_used_at: now }).where('id', '=', id).execute()
    },

    async remove(id, operatorId) {
      const result = await db
        .deleteFrom('passkey')
        .where('id', '=', id)
        .where('operator_id', '=', operatorId)
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    },

    async addChallenge(challenge, operatorId, now) {
      await db.insertInto('passkey_challenge').values({ challenge, operator_id: operatorId, created_at: now }).execute()
    },

    async takeChallenge(challenge, operatorId, since) {
      const result = await db
        .deleteFrom('passkey_challenge')
        .where('challenge', '=', challenge)
        .where('operator_id', operatorId === null ? 'is' : '=', operatorId)
        .where('created_at', '>', since)
        .executeTakeFirst()
      return result.numDeletedRows === 1n
    },
  }
}

function toPasskey(row: Selectable<Database['passkey']>): Passkey {
  return {
    id: row.id,
    operatorId: row.operator_id,
    publicKey: row.public_key,
    counter: row.counter,
    transports: JSON.parse(row.transports) as string[],
    addedAt: row.added_at,
    lastUsedAt: row.last_used_at,
  }
}
