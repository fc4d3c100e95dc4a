import type { Kysely } from 'kysely'

/**
 * How the fields of exercises looked when answers were given to them, each look once: an author may change or remove a field
 * afterwards. It is the author's text and nobody's answer. Answers from before have none.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('field_look')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    // SHA-256 of `look`, hexadecimal.
    .addColumn('hash', 'text', (c) => c.notNull().unique())
    // The field as JSON.
    .addColumn('look', 'text', (c) => c.notNull())
    .execute()
  await db.schema.alterTable('answer').addColumn('look_id', 'integer').execute()
}
