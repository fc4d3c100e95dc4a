import { type Kysely, sql } from 'kysely'

/**
 * Which answers were written by a session of the learner's own. They do not count towards the limit of browsers that
 * write with the link alone, because the limit would reveal to its holder whether the learner had written. Null:
 * written by a writer session or an earlier version.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table answer add column own integer`.execute(db)
}
