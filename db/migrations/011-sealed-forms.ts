import { type Kysely, sql } from 'kysely'

/**
 * Stores track and overlays encrypted: in `starting_point` for sign-ups and enrolments, and in `sealed_variant` for
 * deliveries; also the names of answered fields, because some belong to a single track. Earlier rows are encrypted
 * later by the running service; the indexes contain only these rows, and are empty afterwards. Also adds indexes for
 * deleting old sign-ups without a table scan.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('delivery').addColumn('sealed_variant', 'blob').execute()
  await sql`create index sign_up_unsealed on sign_up (id)
    where track is not null or overlays <> '[]' or starting_point is null`.execute(db)
  await sql`create index enrolment_unsealed on enrolment (id)
    where track is not null or overlays <> '[]' or starting_point is null`.execute(db)
  await sql`create index answer_unsealed on answer (id) where substr(field, 1, 1) <> '.'`.execute(db)
  await sql`create index delivery_unsealed on delivery (id) where variant is not null`.execute(db)

  // Unconfirmed sign-ups are found by age, and deleted with everything that refers to them.
  await sql`create index sign_up_unconfirmed on sign_up (created_at) where confirmed_at is null`.execute(db)
  await sql`create index if not exists session_learner on session (learner_id)`.execute(db)
  // Deleting an enrolment looks up its sign-up.
  await sql`create index sign_up_enrolment on sign_up (enrolment_id) where enrolment_id is not null`.execute(db)

  // Pending maintenance of the whole file.
  await db.schema
    .createTable('upkeep')
    .addColumn('task', 'text', (c) => c.primaryKey())
    .execute()
  // Moved rows leave copies in unused parts of pages, which only rewriting the file removes.
  await sql`insert into upkeep (task) select 'rewrite' where exists (select 1 from learner)`.execute(db)
}
