import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely'
import type { EventSource, MailEvents, StoredEvent } from '../../flow/ports/report-ports.ts'
import type { Database } from '../database/schema.ts'

const NOTHING = new Uint8Array()
/** Cleared once a report is applied or dropped, so that nothing identifies its sender or the learner. */
const WITHOUT_CONTENT = { raw: NOTHING, recipient: null, address_key: null, try_at: null } as const

export function createMailEvents(db: Kysely<Database>): MailEvents {
  return {
    async add(event, now) {
      const result = await db
        .insertInto('mail_event')
        .values({
          source: event.source,
          event_key: event.key,
          nonce: event.nonce,
          recipient: null,
          raw: event.sealed,
          sealed: 1,
          received_at: now,
          applied_at: null,
          outcome: null,
          learner_id: event.learnerId,
          address_key: event.addressKey,
          attempts: 0,
          try_at: null,
          set_aside_at: null,
        })
        // Covers both unique constraints; the query below finds out which one it was.
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (result.numInsertedOrUpdatedRows === 1n) return 'stored'
      if (event.nonce === null) return 'known'
      const used = await db.selectFrom('mail_event').select('id').where('nonce', '=', event.nonce).executeTakeFirst()
      return used ? 'replayed' : 'known'
    },

    async waiting(limit, now) {
      const rows = await db
        .selectFrom('mail_event')
        .selectAll()
        .where('applied_at', 'is', null)
        .where('set_aside_at', 'is', null)
        .where((eb) => mayBeTried(eb, now))
        .orderBy('attempts')
        .orderBy(isReport)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toEvent)
    },

    async claim({ id, attempts }, now, until) {
      const result = await db
        .updateTable('mail_event')
        .set({ attempts: attempts + 1, try_at: until })
        .where('id', '=', id)
        .where('applied_at', 'is', null)
        .where('set_aside_at', 'is', null)
        .where('attempts', '=', attempts)
        .where((eb) => mayBeTried(eb, now))
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async retryAt(id, at, attempts) {
      await db
        .updateTable('mail_event')
        .set({ try_at: at, attempts })
        .where('id', '=', id)
        .where('applied_at', 'is', null)
        .execute()
    },

    async seal(id, { sealed, learnerId, addressKey }) {
      await db
        .updateTable('mail_event')
        .set({ raw: sealed, sealed: 1, recipient: null, learner_id: learnerId, address_key: addressKey })
        .where('id', '=', id)
        .where('applied_at', 'is', null)
        .where('sealed', '=', 0)
        .execute()
    },

    async setAside(id, now) {
      await db
        .updateTable('mail_event')
        .set({ set_aside_at: now, try_at: null })
        .where('id', '=', id)
        .where('applied_at', 'is', null)
        .where('set_aside_at', 'is', null)
        .execute()
    },

    async settle(id, outcome, learnerId, now) {
      const result = await db
        .updateTable('mail_event')
        .set({
          ...WITHOUT_CONTENT,
          applied_at: now,
          outcome,
          set_aside_at: null,
          ...(learnerId === null ? {} : { learner_id: learnerId }),
        })
        .where('id', '=', id)
        .where('applied_at', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async countSetAside() {
      const row = await db
        .selectFrom('mail_event')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('applied_at', 'is', null)
        .where('set_aside_at', 'is not', null)
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },

    async listSetAside(limit) {
      const rows = await db
        .selectFrom('mail_event')
        .select(['id', 'source', 'received_at', 'set_aside_at'])
        .where('applied_at', 'is', null)
        .where('set_aside_at', 'is not', null)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        id: row.id,
        source: row.source as EventSource,
        receivedAt: row.received_at,
        setAsideAt: row.set_aside_at ?? 0,
      }))
    },

    async tryAgain(id) {
      const result = await db
        .updateTable('mail_event')
        .set({ set_aside_at: null, attempts: 0, try_at: null })
        .where('id', '=', id)
        .where('applied_at', 'is', null)
        .where('set_aside_at', 'is not', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async drop(id, now) {
      const result = await db
        .updateTable('mail_event')
        .set({ ...WITHOUT_CONTENT, applied_at: now, set_aside_at: null, outcome: 'dropped' })
        .where('id', '=', id)
        .where('applied_at', 'is', null)
        .where('set_aside_at', 'is not', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async dropSetAside(before, now) {
      const result = await db
        .updateTable('mail_event')
        .set({ ...WITHOUT_CONTENT, applied_at: now, set_aside_at: null, outcome: 'dropped' })
        .where('applied_at', 'is', null)
        .where('set_aside_at', '<', before)
        .executeTakeFirst()
      return Number(result.numUpdatedRows)
    },

    async countOf(learnerId, since) {
      const row = await db
        .selectFrom('mail_event')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('learner_id', '=', learnerId)
        .where('received_at', '>=', since)
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },

    async countWaiting(source, limit) {
      const waiting = db
        .selectFrom('mail_event')
        .select('id')
        .where('applied_at', 'is', null)
        .where('set_aside_at', 'is', null)
        .where('source', '=', source)
        .limit(limit)
      const row = await db
        .selectFrom(waiting.as('waiting'))
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },

    async forget(before) {
      const result = await db
        .deleteFrom('mail_event')
        .where('received_at', '<', before)
        .where('applied_at', 'is not', null)
        .executeTakeFirst()
      return Number(result.numDeletedRows)
    },
  }
}

/** An email with a body must be parsed, which takes longer than applying a webhook event or an unsubscribe email. */
const isReport = sql<number>`source = 'smtp' and length(raw) >= 1024`

function mayBeTried(eb: ExpressionBuilder<Database, 'mail_event'>, now: number) {
  return eb.or([eb('try_at', 'is', null), eb('try_at', '<=', now)])
}

function toEvent(row: Selectable<Database['mail_event']>): StoredEvent {
  return {
    id: row.id,
    source: row.source as EventSource,
    key: row.event_key,
    content: row.raw,
    isSealed: row.sealed === 1,
    recipient: row.recipient,
    attempts: row.attempts,
  }
}
