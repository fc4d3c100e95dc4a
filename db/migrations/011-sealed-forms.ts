import { type Kysely, sql } from 'kysely'

/**
 * Track and overlays are kept encrypted: of a sign-up and an enrolment in `starting_point`, of a delivery in
 * `sealed_variant`. Rows written before keep theirs in clear until the running service has sealed them; the indexes hold
 * just these rows, and are empty from then on.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('delivery').addColumn('sealed_variant', 'blob').execute()
  await sql`create index sign_up_unsealed on sign_up (id)
    where track is not null or overlays <> '[]' or starting_point is null`.execute(db)
  await sql`create index enrolment_unsealed on enrolment (id)
    where track is not null or overlays <> '[]' or starting_point is null`.execute(db)
  await sql`create index delivery_unsealed on delivery (id) where variant is not null`.execute(db)

  // What is to be done once to the whole database, and has not been done yet.
  await db.schema
    .createTable('upkeep')
    .addColumn('task', 'text', (c) => c.primaryKey())
    .execute()
  // Moved rows leave copies in the unused parts of pages: only a file that is written anew has none.
  await sql`insert into upkeep (task) select 'rewrite' where exists (select 1 from sign_up)`.execute(db)
}
