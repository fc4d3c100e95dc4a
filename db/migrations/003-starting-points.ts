import type { Kysely } from 'kysely'

/**
 * The result of a self-assessment, encrypted and of constant size. Every sign-up has one, so its presence reveals
 * nothing.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('sign_up').addColumn('starting_point', 'blob').execute()
  await db.schema.alterTable('enrolment').addColumn('starting_point', 'blob').execute()
}
