import type { Kysely, Selectable } from 'kysely'
import type { EventSource, MailEvents, StoredEvent } from '../flow/report-ports.ts'
import type { Database } from './schema.ts'

export function createMailEvents(db: Kysely<Database>): MailEvents {
  return {
    async add(event, now) {
      const result = await db
        .insertInto('mail_event')
        .values({
          source: event.source,
          event_key: event.key,
          nonce: event.nonce,
          recipient: event.recipient,
          raw: event.raw,
          received_at: now,
          applied_at: null,
          outcome: null,
          learner_id: null,
        })
        // Either constraint: which of the two it was is looked up after.
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (result.numInsertedOrUpdatedRows === 1n) return 'stored'
      if (event.nonce === null) return 'known'
      const used = await db.selectFrom('mail_event').select('id').where('nonce', '=', event.nonce).executeTakeFirst()
      return used ? 'replayed' : 'known'
    },

    async waiting(limit) {
      const rows = await db
        .selectFrom('mail_event')
        .selectAll()
        .where('applied_at', 'is', null)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toEvent)
    },

    async settle(id, outcome, learnerId, now) {
      const result = await db
        .updateTable('mail_event')
        .set({ applied_at: now, outcome, learner_id: learnerId })
        .where('id', '=', id)
        .where('applied_at', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
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

function toEvent(row: Selectable<Database['mail_event']>): StoredEvent {
  return {
    id: row.id,
    source: row.source as EventSource,
    key: row.event_key,
    nonce: row.nonce,
    recipient: row.recipient,
    raw: row.raw,
  }
}
