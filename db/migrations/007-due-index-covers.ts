import { type Kysely, sql } from 'kysely'

/**
 * A covering index for due and planned deliveries: rows that are due together are far apart in the table, and with a
 * million learners not in memory.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index delivery_due`.execute(db)
  await sql`create index delivery_due on delivery (due_at, id, kind, state)
    where state in ('planned', 'deferred', 'unconfirmed')`.execute(db)
}
