import { type Kysely, sql } from 'kysely'

/**
 * Which answers an own session wrote. They do not count where the browsers that write with the link alone are bounded: by
 * that bound its holder could find out whether the learner had written. Null: a writer session did, or an earlier version.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table answer add column own integer`.execute(db)
}
