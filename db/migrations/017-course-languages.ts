import type { Kysely } from 'kysely'

/**
 * The language of a course that was chosen when signing up or in the settings: a BCP 47 tag. Null is the first language
 * of the course, which is that of every row from before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('enrolment').addColumn('language', 'text').execute()
  await db.schema.alterTable('sign_up').addColumn('language', 'text').execute()
}
