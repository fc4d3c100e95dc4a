import type { Kysely } from 'kysely'

/** What is kept of a self-assessment, sealed and all of one size. Every sign-up has one, so that having it tells nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('sign_up').addColumn('starting_point', 'blob').execute()
  await db.schema.alterTable('enrolment').addColumn('starting_point', 'blob').execute()
}
