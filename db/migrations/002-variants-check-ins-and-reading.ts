import { type Kysely, sql } from 'kysely'

/** What a day was sent as, check-ins that can be stopped on their own, sharing that waits a day, and reading back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // JSON of the track and overlays a message was made for; null until it is first taken up.
  await db.schema.alterTable('delivery').addColumn('variant', 'text').execute()
  // Days sent before this column existed stay as they were: their learner has had no way to change track.
  await sql`update delivery set variant = (
      select '{"track":' || case when track is null then 'null' else '"' || track || '"' end
        || ',"overlays":' || overlays || '}'
      from enrolment where enrolment.id = delivery.enrolment_id
    )
    where first_dot_at is not null and enrolment_id is not null`.execute(db)

  await db.schema.alterTable('enrolment').addColumn('check_ins_stopped_at', 'integer').execute()

  // Since when a letter waits to be shared.
  await db.schema
    .createTable('sharing')
    .addColumn('enrolment_id', 'integer', (c) => c.notNull().references('enrolment.id').onDelete('cascade'))
    .addColumn('day', 'integer', (c) => c.notNull())
    .addColumn('asked_at', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('sharing_key', ['enrolment_id', 'day'])
    .execute()

  // Sessions that may read what other sessions of the same enrolment wrote.
  await db.schema
    .createTable('reading')
    .addColumn('session', 'text', (c) => c.notNull())
    .addColumn('enrolment_id', 'integer', (c) => c.notNull().references('enrolment.id').onDelete('cascade'))
    .addColumn('opened_at', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('reading_key', ['session', 'enrolment_id'])
    .execute()
}
