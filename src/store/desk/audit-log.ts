import type { Kysely, Selectable } from 'kysely'
import { type AuditAct, type AuditDetails, type AuditEntry, canonicalJson, type Reason } from '../../core/desk/audit.ts'
import type { AuditLog } from '../../flow/ports/desk-ports.ts'
import type { Database } from '../database/schema.ts'

export function createAuditLog(db: Kysely<Database>): AuditLog {
  return {
    async append(entry) {
      await db
        .insertInto('audit_entry')
        .values({
          number: entry.number,
          at: entry.at,
          operator_id: entry.operatorId,
          act: entry.act,
          learner_id: entry.learnerId,
          reason: entry.reason,
          details: canonicalJson(entry.details),
          note_hash: entry.noteHash,
          previous_hash: entry.previousHash,
          hash: entry.hash,
        })
        .execute()
    },

    async addNote(number, learnerId, sealed) {
      await db.insertInto('audit_note').values({ number, learner_id: learnerId, sealed }).execute()
    },

    async notes(numbers) {
      if (numbers.length === 0) return new Map()
      const rows = await db
        .selectFrom('audit_note')
        .selectAll()
        .where('number', 'in', [...numbers])
        .execute()
      return new Map(rows.map((row) => [row.number, { learnerId: row.learner_id, sealed: row.sealed }]))
    },

    async last() {
      const row = await db
        .selectFrom('audit_entry')
        .select(['number', 'hash'])
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row ?? null
    },

    async page({ act, operatorId, learnerId }, before, limit) {
      const rows = await db
        .selectFrom('audit_entry')
        .selectAll()
        .$if(act !== undefined, (query) => query.where('act', '=', act ?? ''))
        .$if(operatorId !== undefined, (query) => query.where('operator_id', '=', operatorId ?? 0))
        .$if(learnerId !== undefined, (query) => query.where('learner_id', '=', learnerId ?? 0))
        .$if(before !== null, (query) => query.where('number', '<', before ?? 0))
        .orderBy('number', 'desc')
        .limit(limit)
        .execute()
      return rows.map(toEntry)
    },

    async after(number, limit) {
      const rows = await db
        .selectFrom('audit_entry')
        .selectAll()
        .where('number', '>', number)
        .orderBy('number')
        .limit(limit)
        .execute()
      return rows.map(toEntry)
    },
  }
}

function toEntry(row: Selectable<Database['audit_entry']>): AuditEntry {
  return {
    number: row.number,
    at: row.at,
    operatorId: row.operator_id,
    act: row.act as AuditAct,
    learnerId: row.learner_id,
    reason: row.reason as Reason | null,
    details: readDetails(row.details),
    noteHash: row.note_hash,
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}

/** As they were written; what was changed in the database is kept as it is, so that the line can be read and its hash is wrong. */
function readDetails(text: string): AuditDetails {
  try {
    const details: unknown = JSON.parse(text)
    const isObject = typeof details === 'object' && details !== null && !Array.isArray(details)
    if (isObject && canonicalJson(details) === text) return details as AuditDetails
  } catch {
    // It is no JSON.
  }
  return { changed: text }
}
