import { type Kysely, PostgresAdapter, sql } from 'kysely'

/**
 * What operators do for one person (decision 50). `address_change.corrected` is 1 if an operator asked for the change. Then
 * links to the new address open nothing that was written before `learner.links_read_from` (ms UTC), for good.
 *
 * `shared_text` has what many rows share, compressed, under its SHA-256: wordings of consent, and confirmation emails without
 * anything personal. `confirmation_email.sealed` is what makes such an email the one that was sent, without its recipient.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter
  // Compared byte by byte, whatever the collation of the database.
  const key = isPostgres ? sql`text collate "C"` : 'text'
  const bytes = isPostgres ? 'bytea' : 'blob'
  await db.schema.alterTable('address_change').addColumn('corrected', 'bigint').execute()
  await db.schema.alterTable('learner').addColumn('links_read_from', 'bigint').execute()

  await db.schema
    .createTable('shared_text')
    .addColumn('hash', key, (column) => column.primaryKey())
    .addColumn('packed', bytes, (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('confirmation_email')
    .addColumn('sign_up_id', 'bigint', (column) => column.primaryKey().references('sign_up.id').onDelete('cascade'))
    .addColumn('form', key, (column) => column.notNull().references('shared_text.hash'))
    .addColumn('wording', key, (column) => column.references('shared_text.hash'))
    .addColumn('sealed', bytes, (column) => column.notNull())
    .execute()
}
