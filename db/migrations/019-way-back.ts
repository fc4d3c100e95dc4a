import { type Kysely, sql } from 'kysely'

/**
 * A way back for learners without their link (decision 42). `enrolment.days` is the number of lessons that the enrolment
 * began with; null in rows that an earlier version adds, which have as many as their course. `recovery_hash` is a keyed
 * hash of the recovery code, and `recovery_round` how often it was replaced. `mails_way_back` is 1 for people who read on
 * the web only and allow an email with a link. A session with `reads_from` (ms UTC) reads nothing that was written before.
 * A row of `address_change` is a request to change an address, with the delivery that asks the new one; `other_id` is the
 * learner row that holds the other address. `undone_at`: when the former address undid it; `confirmed_again_at`: when the
 * new one confirmed after that.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('enrolment').addColumn('days', 'bigint').execute()
  await sql`update enrolment set days =
    (select max(day) from delivery where delivery.enrolment_id = enrolment.id and delivery.kind = 'lesson')`.execute(db)

  await db.schema.alterTable('learner').addColumn('recovery_round', 'bigint').execute()
  await db.schema.alterTable('learner').addColumn('recovery_hash', 'text').execute()
  await db.schema.alterTable('learner').addColumn('mails_way_back', 'bigint').execute()
  await sql`create unique index learner_recovery on learner (recovery_hash) where recovery_hash is not null`.execute(db)

  await db.schema.alterTable('session').addColumn('reads_from', 'bigint').execute()

  await db.schema
    .createTable('address_change')
    .addColumn('delivery_id', 'bigint', (column) => column.primaryKey())
    .addColumn('learner_id', 'bigint', (column) => column.notNull().references('learner.id').onDelete('cascade'))
    .addColumn('other_id', 'bigint', (column) => column.references('learner.id').onDelete('set null'))
    .addColumn('asked_at', 'bigint', (column) => column.notNull())
    .addColumn('changed_at', 'bigint')
    .addColumn('undone_at', 'bigint')
    .addColumn('confirmed_again_at', 'bigint')
    .execute()
  await sql`create index address_change_learner on address_change (learner_id)`.execute(db)
  await sql`create index address_change_other on address_change (other_id)`.execute(db)
}
