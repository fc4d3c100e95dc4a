import type { Kysely } from 'kysely'

/**
 * How often lessons come, and until when a course is paused (decision 41). `pace` is null in rows from before, which
 * have a lesson every day. `paused_at` and `paused_until` are ms UTC, and null unless the course is paused.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('enrolment').addColumn('pace', 'text').execute()
  await db.schema.alterTable('sign_up').addColumn('pace', 'text').execute()
  await db.schema.alterTable('enrolment').addColumn('paused_at', 'bigint').execute()
  await db.schema.alterTable('enrolment').addColumn('paused_until', 'bigint').execute()
}
