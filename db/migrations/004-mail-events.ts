import { type Kysely, sql } from 'kysely'

/** Feedback on sent email: reports as received, what they said about each delivery, and daily figures. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('mail_event')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('source', 'text', (c) => c.notNull())
    // The provider's event id or a report's hash, so that duplicates are stored once.
    .addColumn('event_key', 'text', (c) => c.notNull())
    // A value that the provider promises to use only once; null if there is none.
    .addColumn('nonce', 'text', (c) => c.unique())
    .addColumn('recipient', 'text')
    // Contains an address: deleted with the learner, otherwise after a while.
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

  // One row per delivery with a bounce or complaint, so that duplicates from other channels count once.
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

  // `day`: days since the epoch, UTC.
  await db.schema
    .createTable('mail_day')
    .addColumn('day', 'integer', (c) => c.primaryKey())
    .addColumn('sent', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('bounced', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('complained', 'integer', (c) => c.notNull().defaultTo(0))
    // Used quota of the warm-up plan; 0 without a plan.
    .addColumn('taken', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()

  await sql`create index delivery_message_id on delivery (message_id) where message_id is not null`.execute(db)
}
