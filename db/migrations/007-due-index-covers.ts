import { type Kysely, sql } from 'kysely'

/**
 * What is due, and what is to be planned, is read from the index alone: rows that fall due together lie far apart in the
 * table, and of a million learners they are not in memory.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index delivery_due`.execute(db)
  await sql`create index delivery_due on delivery (due_at, id, kind, state)
    where state in ('planned', 'deferred', 'unconfirmed')`.execute(db)
}
