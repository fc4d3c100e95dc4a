import { type Kysely, sql } from 'kysely'

/**
 * Reports are stored encrypted, count their attempts and can be set aside. Applied reports keep only their outcome:
 * their content is deleted, as is everything stored unencrypted by earlier versions that could name a person.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, type] of [
    ['attempts', sql`integer not null default 0`],
    // ms UTC; null: immediately. During an attempt, the time after which it counts as lost.
    ['try_at', sql`integer`],
    ['set_aside_at', sql`integer`],
    // 0: stored unencrypted by an earlier version.
    ['sealed', sql`integer not null default 0`],
    // The key of the address named by the event, until it is applied.
    ['address_key', sql`text`],
  ] as const)
    await db.schema.alterTable('mail_event').addColumn(name, type).execute()
  await sql`create index mail_event_address on mail_event (address_key) where address_key is not null`.execute(db)
  await sql`update mail_event set raw = x'', recipient = null where applied_at is not null`.execute(db)
}
