import { type Kysely, sql } from 'kysely'

/**
 * What the desk lists deliveries by, and which lesson a row sends again (decision 47). Claiming and sending a message
 * change no column of these indexes, except where it is given up.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('delivery').addColumn('resend_of', 'bigint').execute()
  // At most one for each lesson, whoever asks at the same time.
  await sql`create unique index delivery_resend on delivery (resend_of) where resend_of is not null`.execute(db)
  await sql`create index delivery_by_due on delivery (due_at, id)`.execute(db)
  await sql`create index delivery_not_sent on delivery (state, settled_at, id)
    where state in ('failed', 'expired', 'cancelled')`.execute(db)
}
