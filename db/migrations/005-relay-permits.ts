import { type Kysely, sql } from 'kysely'

/** The relay's limits, shared by all workers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A connection that is or may be in use; a row whose owner has exited counts as free.
  await db.schema
    .createTable('relay_slot')
    .addColumn('slot', 'integer', (c) => c.primaryKey())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('since', 'integer', (c) => c.notNull())
    .addColumn('until', 'integer', (c) => c.notNull())
    .execute()

  // Workers that need more connections than they have.
  await db.schema
    .createTable('relay_wish')
    .addColumn('owner', 'text', (c) => c.primaryKey())
    .addColumn('wanted', 'integer', (c) => c.notNull())
    .addColumn('since', 'integer', (c) => c.notNull())
    .addColumn('until', 'integer', (c) => c.notNull())
    .execute()

  // One row: when the next message may start, microseconds since the epoch.
  await db.schema
    .createTable('relay_pace')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('next_at', 'integer', (c) => c.notNull())
    .execute()
  await sql`insert into relay_pace (id, next_at) values (1, 0)`.execute(db)
}
