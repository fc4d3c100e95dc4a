import { type Kysely, sql } from 'kysely'

/**
 * Two kinds of session, links from emails that work once, the reading word, and short emails. Written so that processes of
 * the version before go on meanwhile: nothing they use is dropped.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Whoever was let in before could have been let in with a cookie that somebody else had planted, and nothing tells the
  // two apart: every session that is open now reads what it wrote itself, and a link from an email opens the rest again.
  await sql`alter table session add column kind text not null default 'writer'`.execute(db)
  await sql`delete from reading`.execute(db)

  // Null, as the version before leaves it: last used when it was opened.
  await sql`alter table session add column last_used_at integer`.execute(db)
  await sql`update session set last_used_at = max(opened_at, coalesce(
      (select max(saved_at) from answer where answer.session = session.hash), opened_at))`.execute(db)
  await sql`delete from session where ended_at is not null`.execute(db)
  await db.schema.createIndex('session_learner').on('session').columns(['learner_id', 'kind']).execute()
  await db.schema.createIndex('session_opened').on('session').column('opened_at').execute()
  await db.schema.createIndex('session_used').on('session').column('last_used_at').execute()

  // scrypt of the word without which no emailed link opens what was written; null: none.
  await sql`alter table learner add column reading_word text`.execute(db)

  // Null: not yet known, because a restriction may be in force that only the learner's key opens.
  await sql`alter table enrolment add column short_emails integer`.execute(db)
  await sql`create index enrolment_short_unknown on enrolment (id) where short_emails is null`.execute(db)
  await sql`alter table sign_up add column short_emails integer not null default 0`.execute(db)

  // One row for each link of an email that opens something, made when it was asked for.
  await db.schema
    .createTable('emailed_link')
    .addColumn('delivery_id', 'integer', (c) => c.primaryKey().references('delivery.id').onDelete('cascade'))
    .addColumn('learner_id', 'integer', (c) => c.notNull().references('learner.id').onDelete('cascade'))
    // Where it was asked for and what for, so that the person lands there again.
    .addColumn('day', 'integer')
    .addColumn('goal', 'text', (c) => c.notNull())
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .addColumn('used_at', 'integer')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema.createIndex('emailed_link_learner').on('emailed_link').columns(['learner_id', 'created_at']).execute()
  await db.schema.createIndex('emailed_link_created').on('emailed_link').column('created_at').execute()
}
