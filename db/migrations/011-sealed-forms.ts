import { type Kysely, sql } from 'kysely'

/**
 * Track and overlays are kept encrypted: of a sign-up and an enrolment in `starting_point`, of a delivery in
 * `sealed_variant`; names of answered fields, some of which only one track has, in their own column. Rows written before keep theirs in clear until the running service has sealed them; the indexes hold
 * just these rows, and are empty from then on. Also what deleting old sign-ups needs, so that it reads no whole table.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('delivery').addColumn('sealed_variant', 'blob').execute()
  await sql`create index sign_up_unsealed on sign_up (id)
    where track is not null or overlays <> '[]' or starting_point is null`.execute(db)
  await sql`create index enrolment_unsealed on enrolment (id)
    where track is not null or overlays <> '[]' or starting_point is null`.execute(db)
  await sql`create index answer_unsealed on answer (id) where substr(field, 1, 1) <> '.'`.execute(db)
  await sql`create index delivery_unsealed on delivery (id) where variant is not null`.execute(db)

  // Sign-ups that nobody confirmed are looked for by their age, and deleted with whatever hangs on them.
  await sql`create index sign_up_unconfirmed on sign_up (created_at) where confirmed_at is null`.execute(db)
  await sql`create index if not exists session_learner on session (learner_id)`.execute(db)
  // Deleting an enrolment looks for the sign-up that led to it.
  await sql`create index sign_up_enrolment on sign_up (enrolment_id) where enrolment_id is not null`.execute(db)

  // What is to be done to the whole file when there is time.
  await db.schema
    .createTable('upkeep')
    .addColumn('task', 'text', (c) => c.primaryKey())
    .execute()
  // Moved rows leave copies in the unused parts of pages: only a file that is written anew has none.
  await sql`insert into upkeep (task) select 'rewrite' where exists (select 1 from learner)`.execute(db)
}
