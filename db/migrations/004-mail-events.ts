import { type Kysely, sql } from 'kysely'

/** What comes back of the mail that went out: reports as they arrived, what they said of each delivery, and figures by day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('mail_event')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('source', 'text', (c) => c.notNull())
    // The provider's id of the event, or the hash of a report: what is told twice is kept once.
    .addColumn('event_key', 'text', (c) => c.notNull())
    // What a provider promises never to use twice; null where it promises nothing.
    .addColumn('nonce', 'text', (c) => c.unique())
    .addColumn('recipient', 'text')
    // Holds an address: goes with the learner, and for all others after a while.
    .addColumn('raw', 'blob', (c) => c.notNull())
    .addColumn('received_at', 'integer', (c) => c.notNull())
    .addColumn('applied_at', 'integer')
    .addColumn('outcome', 'text')
    .addColumn('learner_id', 'integer', (c) => c.references('learner.id').onDelete('cascade'))
    .addUniqueConstraint('mail_event_once', ['source', 'event_key'])
    .execute()
  await sql`create index mail_event_waiting on mail_event (id) where applied_at is null`.execute(db)
  await db.schema.createIndex('mail_event_received').on('mail_event').column('received_at').execute()
  await sql`create index mail_event_learner on mail_event (learner_id) where learner_id is not null`.execute(db)

  // One row for each delivery that bounced or was complained about: told again by another way, it counts once.
  await db.schema
    .createTable('setback')
    .addColumn('delivery_id', 'integer', (c) => c.notNull().references('delivery.id').onDelete('cascade'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('learner_id', 'integer', (c) => c.notNull().references('learner.id').onDelete('cascade'))
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('at', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('setback_key', ['delivery_id', 'kind'])
    .execute()
  await db.schema.createIndex('setback_learner').on('setback').column('learner_id').execute()
  await db.schema.createIndex('setback_at').on('setback').columns(['kind', 'at']).execute()

  // `day` counts days since the epoch, UTC.
  await db.schema
    .createTable('mail_day')
    .addColumn('day', 'integer', (c) => c.primaryKey())
    .addColumn('sent', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('bounced', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('complained', 'integer', (c) => c.notNull().defaultTo(0))
    // Places of the warm-up plan that were taken; 0 where there is no plan.
    .addColumn('taken', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()

  await sql`create index delivery_message_id on delivery (message_id) where message_id is not null`.execute(db)
}
