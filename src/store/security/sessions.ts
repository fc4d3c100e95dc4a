import type { Kysely } from 'kysely'
import type { SessionKind } from '../../core/security/session.ts'
import type { Sessions } from '../../flow/ports/security-ports.ts'
import type { Database } from '../database/schema.ts'

export function createSessions(db: Kysely<Database>): Sessions {
  return {
    async open({ hash, learnerId, kind, now, readsFrom = null }) {
      await db
        .insertInto('session')
        .values({
          hash,
          learner_id: learnerId,
          kind,
          opened_at: now,
          last_used_at: now,
          ended_at: null,
          reads_from: readsFrom,
        })
        .execute()
    },

    async find(hash, learnerId) {
      const row = await db
        .selectFrom('session')
        .select(['hash', 'kind', 'opened_at', 'last_used_at', 'reads_from'])
        .where('hash', '=', hash)
        .where('learner_id', '=', learnerId)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      if (row === undefined) return null
      return {
        hash: row.hash,
        kind: row.kind as SessionKind,
        openedAt: row.opened_at,
        lastUsedAt: row.last_used_at ?? row.opened_at,
        readsFrom: row.reads_from,
      }
    },

    async touch(hash, learnerId, now) {
      await db
        .updateTable('session')
        .set({ last_used_at: now })
        .where('hash', '=', hash)
        .where('learner_id', '=', learnerId)
        .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<', now)]))
        .execute()
    },

    async end(hash) {
      await db.deleteFrom('session').where('hash', '=', hash).execute()
    },

    async endOthers(learnerId, kind, except) {
      await db
        .deleteFrom('session')
        .where('learner_id', '=', learnerId)
        .where('kind', '=', kind)
        .where('hash', '!=', except)
        .execute()
    },

    async endAll(learnerId) {
      await db.deleteFrom('session').where('learner_id', '=', learnerId).execute()
    },

    async endAllBut(learnerId, kind, most) {
      const latest = db
        .selectFrom('session')
        .select('hash')
        .where('learner_id', '=', learnerId)
        .where('kind', '=', kind)
        .orderBy((eb) => eb.fn.coalesce('last_used_at', 'opened_at'), 'desc')
        .orderBy('opened_at', 'desc')
        .limit(most)
      await db
        .deleteFrom('session')
        .where('learner_id', '=', learnerId)
        .where('kind', '=', kind)
        .where('hash', 'not in', latest)
        .execute()
    },

    async forget({ openedBefore, usedBefore }, limit) {
      let deleted = 0
      // Separate statements, since each column has its own index.
      for (const [column, before] of [
        ['opened_at', openedBefore],
        ['last_used_at', usedBefore],
      ] as const) {
        const some = db.selectFrom('session').select('hash').where(column, '<=', before).limit(limit)
        const result = await db
          .deleteFrom('session')
          .where('hash', 'in', some)
          .where(column, '<=', before)
          .executeTakeFirst()
        deleted = Math.max(deleted, Number(result.numDeletedRows))
      }
      return deleted
    },
  }
}
