import type { Kysely } from 'kysely'

/**
 * How the fields of exercises looked when answers were given to them, each look once: an author may change or remove a field
 * afterwards. It is the author's text and nobody's answer: an answer names its look within what is sealed, and the looks of a
 * whole day are written at once, so that no row tells which fields were answered.
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
}
