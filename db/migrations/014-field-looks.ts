import type { Kysely } from 'kysely'

/**
 * Definitions of exercise fields as of when they were answered, each stored once, because authors may change or remove
 * fields later. They are the author's text and reveal no answer: the reference is inside the encrypted answer, and all
 * fields of a day are stored together.
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
