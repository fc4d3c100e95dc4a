import { type Kysely, sql } from 'kysely'

/**
 * The variant of each sent day, check-ins that can be stopped separately, sharing after a day's delay, and reading
 * back.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // JSON of the track and overlays used for the message; null until the first attempt.
  await db.schema.alterTable('delivery').addColumn('variant', 'text').execute()
  // Days sent earlier keep their form: until now learners could not change track.
  await sql`update delivery set variant = (
      select '{"track":' || case when track is null then 'null' else '"' || track || '"' end
        || ',"overlays":' || overlays || '}'
      from enrolment where enrolment.id = delivery.enrolment_id
    )
    where first_dot_at is not null and enrolment_id is not null`.execute(db)

  await db.schema.alterTable('enrolment').addColumn('check_ins_stopped_at', 'integer').execute()

  // When a letter was queued for sharing.
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
