import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'

/** The name of this installation, for sharing a Redis with others, and messages that could not be built. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // One row. A copy of the database is the same installation.
  await db.schema
    .createTable('installation')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .execute()
  // A database with a history gets a name derived from its first confirmed sign-up, so that an older copy, restored and
  // migrated later, is recognised as the same installation.
  const { rows } = await sql<{
    secret: string
  }>`select token_hash as secret from sign_up where confirmed_at is not null order by id limit 1`.execute(db)
  const secret = rows[0]?.secret
  if (secret === undefined)
    await sql`insert into installation (id, name) values (1, lower(hex(randomblob(8))))`.execute(db)
  else {
    const name = createHash('sha256').update(`installation ${secret}`).digest('hex').slice(0, 16)
    await sql`insert into installation (id, name) values (1, ${name})`.execute(db)
  }

  await db.schema
    .createTable('unbuilt_message')
    .addColumn('delivery_id', 'integer', (c) => c.primaryKey().references('delivery.id').onDelete('cascade'))
    // Contains nothing about the learner.
    .addColumn('reason', 'text', (c) => c.notNull())
    // Time of the latest attempt, ms UTC.
    .addColumn('at', 'integer', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('unbuilt_message_at').on('unbuilt_message').column('at').execute()
}
