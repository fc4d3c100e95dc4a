import type { Kysely, Selectable } from 'kysely'
import type { Session, SessionKind } from '../../core/security/session.ts'
import type { Sessions } from '../../flow/ports/security-ports.ts'
import type { Database } from '../database/schema.ts'

type SessionRow = Selectable<Database['session']>

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
      return row === undefined ? null : sessionOf(row)
    },

    async findInCourse(hash, course) {
      const row = await db
        .selectFrom('session')
        .select(['session.hash', 'session.kind', 'session.opened_at', 'session.last_used_at', 'session.reads_from'])
        .where('session.hash', '=', hash)
        .where('session.ended_at', 'is', null)
        .where((eb) => {
          const enrolments = eb
            .selectFrom('enrolment')
            .select('enrolment.id')
            .whereRef('enrolment.learner_id', '=', 'session.learner_id')
            .where('enrolment.course', '=', course)
          const written = eb
            .selectFrom('answer')
            .select('answer.id')
            .whereRef('answer.session', '=', 'session.hash')
            .where('answer.enrolment_id', 'in', enrolments)
          return eb.or([eb.and([eb('session.kind', '=', 'own'), eb.exists(enrolments)]), eb.exists(written)])
        })
        .executeTakeFirst()
      return row === undefined ? null : sessionOf(row)
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

function sessionOf(row: Pick<SessionRow, 'hash' | 'kind' | 'opened_at' | 'last_used_at' | 'reads_from'>): Session {
  return {
    hash: row.hash,
    kind: row.kind as SessionKind,
    openedAt: row.opened_at,
    lastUsedAt: row.last_used_at ?? row.opened_at,
    readsFrom: row.reads_from,
  }
}
