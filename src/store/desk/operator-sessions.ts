import type { Kysely, Selectable } from 'kysely'
import type { OperatorSession, SignInMeans } from '../../core/desk/operator-session.ts'
import type { OperatorSessions } from '../../flow/ports/desk-ports.ts'
import type { Database } from '../database/schema.ts'

export function createOperatorSessions(db: Kysely<Database>): OperatorSessions {
  return {
    async open({ hash, id, operatorId, means, openedAt, lastUsedAt }) {
      await db
        .insertInto('operator_session')
        .values({ hash, id, means, operator_id: operatorId, opened_at: openedAt, last_used_at: lastUsedAt })
        .execute()
    },

    async find(hash) {
      const row = await db.selectFrom('operator_session').selectAll().where('hash', '=', hash).executeTakeFirst()
      return row ? toSession(row) : null
    },

    async touch(hash, now) {
      await db
        .updateTable('operator_session')
        .set({ last_used_at: now })
        .where('hash', '=', hash)
        .where('last_used_at', '<', now)
        .execute()
    },

    async ofOperator(operatorId) {
      const rows = await db
        .selectFrom('operator_session')
        .selectAll()
        .where('operator_id', '=', operatorId)
        .orderBy('last_used_at', 'desc')
        .execute()
      return rows.map(toSession)
    },

    async end(hash) {
      await db.deleteFrom('operator_session').where('hash', '=', hash).execute()
    },

    async endById(id, operatorId) {
      const result = await db
        .deleteFrom('operator_session')
        .where('id', '=', id)
        .where('operator_id', '=', operatorId)
        .executeTakeFirst()
      return result.numDeletedRows > 0n
    },

    async addLink({ hash, operatorId, now, expiresAt }) {
      await db
        .insertInto('operator_link')
        .values({ hash, operator_id: operatorId, created_at: now, expires_at: expiresAt, used_at: null })
        .execute()
    },

    async findLink(hash) {
      const row = await db.selectFrom('operator_link').selectAll().where('hash', '=', hash).executeTakeFirst()
      return row ? { operatorId: row.operator_id, expiresAt: row.expires_at, isUsed: row.used_at !== null } : null
    },

    async useLink(hash, now) {
      const result = await db
        .updateTable('operator_link')
        .set({ used_at: now })
        .where('hash', '=', hash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', now)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async countLinks(operatorId, since) {
      const row = await db
        .selectFrom('operator_link')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('operator_id', '=', operatorId)
        .where('created_at', '>', since)
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },

    async forget({ openedBefore, usedBefore, madeBefore }) {
      await db
        .deleteFrom('operator_session')
        .where((eb) => eb.or([eb('opened_at', '<=', openedBefore), eb('last_used_at', '<=', usedBefore)]))
        .execute()
      await db.deleteFrom('operator_link').where('expires_at', '<=', madeBefore).execute()
      await db.deleteFrom('passkey_challenge').where('created_at', '<=', madeBefore).execute()
    },
  }
}

function toSession(row: Selectable<Database['operator_session']>): OperatorSession {
  return {
    hash: row.hash,
    id: row.id,
    operatorId: row.operator_id,
    means: row.means as SignInMeans,
    openedAt: row.opened_at,
    lastUsedAt: row.last_used_at,
  }
}
