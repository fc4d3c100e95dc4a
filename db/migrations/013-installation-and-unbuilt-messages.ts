import { type Kysely, sql } from 'kysely'

/** What tells this installation from others that share its Redis, and messages that could not be built. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // One row. A copy of the database is the same installation.
  await db.schema
    .createTable('installation')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .execute()
  await sql`insert into installation (id, name) values (1, lower(hex(randomblob(8))))`.execute(db)

  await db.schema
    .createTable('unbuilt_message')
    .addColumn('delivery_id', 'integer', (c) => c.primaryKey().references('delivery.id').onDelete('cascade'))
    // Why, without anything about the learner.
    .addColumn('reason', 'text', (c) => c.notNull())
    // Of the latest attempt, ms UTC.
    .addColumn('at', 'integer', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('unbuilt_message_at').on('unbuilt_message').column('at').execute()
}
