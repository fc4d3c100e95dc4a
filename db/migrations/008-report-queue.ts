import { type Kysely, sql } from 'kysely'

/**
 * Reports wait sealed, count their attempts and can be set aside. What was applied keeps its outcome and nothing of what
 * was said: its content goes, and so does everything that was kept as it arrived and could name a person.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, type] of [
    ['attempts', sql`integer not null default 0`],
    // ms UTC; null: at once. While an attempt is under way, the instant it is given up for lost.
    ['try_at', sql`integer`],
    ['set_aside_at', sql`integer`],
    // 0: kept by an earlier version, as it arrived.
    ['sealed', sql`integer not null default 0`],
    // Until it is applied: the key of the address that the event names.
    ['address_key', sql`text`],
  ] as const)
    await db.schema.alterTable('mail_event').addColumn(name, type).execute()
  await sql`create index mail_event_address on mail_event (address_key) where address_key is not null`.execute(db)
  await sql`update mail_event set raw = x'', recipient = null where applied_at is not null`.execute(db)
}
