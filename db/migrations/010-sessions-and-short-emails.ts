import { type Kysely, sql } from 'kysely'

/**
 * Two kinds of session, single-use links in emails, the reading word, and short emails. Compatible with running
 * processes of the previous version: nothing they use is dropped.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Existing sessions may have been opened with a cookie planted by somebody else, which cannot be detected. So they
  // can read only what they wrote, until an emailed link opens the rest again.
  await sql`alter table session add column kind text not null default 'writer'`.execute(db)
  await sql`delete from reading`.execute(db)

  // Null, as written by the previous version: last used when it was opened.
  await sql`alter table session add column last_used_at integer`.execute(db)
  await sql`update session set last_used_at = max(opened_at, coalesce(
      (select max(saved_at) from answer where answer.session = session.hash), opened_at))`.execute(db)
  await sql`delete from session where ended_at is not null`.execute(db)
  await db.schema.createIndex('session_learner').on('session').columns(['learner_id', 'kind']).execute()
  await db.schema.createIndex('session_opened').on('session').column('opened_at').execute()
  await db.schema.createIndex('session_used').on('session').column('last_used_at').execute()

  // scrypt hash of the word required in addition to emailed links; null: none.
  await sql`alter table learner add column reading_word text`.execute(db)

  // Null: unknown, because only the learner's key reveals whether a restriction applies.
  await sql`alter table enrolment add column short_emails integer`.execute(db)
  await sql`create index enrolment_short_unknown on enrolment (id) where short_emails is null`.execute(db)
  await sql`alter table sign_up add column short_emails integer not null default 0`.execute(db)

  // One row per emailed link that opens something, created on request.
  await db.schema
    .createTable('emailed_link')
    .addColumn('delivery_id', 'integer', (c) => c.primaryKey().references('delivery.id').onDelete('cascade'))
    .addColumn('learner_id', 'integer', (c) => c.notNull().references('learner.id').onDelete('cascade'))
    // Where and why it was requested, to return the person there.
    .addColumn('day', 'integer')
    .addColumn('goal', 'text', (c) => c.notNull())
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .addColumn('used_at', 'integer')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema.createIndex('emailed_link_learner').on('emailed_link').columns(['learner_id', 'created_at']).execute()
  await db.schema.createIndex('emailed_link_created').on('emailed_link').column('created_at').execute()
}
