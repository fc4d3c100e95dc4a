import { type Kysely, sql } from 'kysely'

/** What the relay allows, shared by all workers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A connection that somebody has, or may have: a row without an owner that lives is as free as no row.
  await db.schema
    .createTable('relay_slot')
    .addColumn('slot', 'integer', (c) => c.primaryKey())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('since', 'integer', (c) => c.notNull())
    .addColumn('until', 'integer', (c) => c.notNull())
    .execute()

  // Workers that would open more connections than they got.
  await db.schema
    .createTable('relay_wish')
    .addColumn('owner', 'text', (c) => c.primaryKey())
    .addColumn('wanted', 'integer', (c) => c.notNull())
    .addColumn('since', 'integer', (c) => c.notNull())
    .addColumn('until', 'integer', (c) => c.notNull())
    .execute()

  // One row: when the next message may begin, microseconds since the epoch.
  await db.schema
    .createTable('relay_pace')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('next_at', 'integer', (c) => c.notNull())
    .execute()
  await sql`insert into relay_pace (id, next_at) values (1, 0)`.execute(db)
}
