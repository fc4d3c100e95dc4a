import { type Kysely, sql } from 'kysely'

/**
 * Data about a mailbox, regardless of the spelling of its address: the number of requested emails, and when its person
 * last unsubscribed. Keys are keyed hashes. Rows belong to no learner, so that they outlast an erasure.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Null in rows of earlier versions until the service fills it in, because its key is not available here.
  await db.schema.alterTable('learner').addColumn('mailbox_key', 'text').execute()
  await db.schema.createIndex('learner_mailbox').on('learner').column('mailbox_key').execute()
  await sql`create index learner_without_mailbox on learner (id) where mailbox_key is null`.execute(db)

  await db.schema
    .createTable('mailbox_stop')
    .addColumn('mailbox_key', 'text', (c) => c.primaryKey())
    .addColumn('stopped_at', 'integer', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('mailbox_stop_at').on('mailbox_stop').column('stopped_at').execute()

  // `delivery_id` outlives its delivery, so that a delivery that is retried counts once.
  await db.schema
    .createTable('mailbox_mail')
    .addColumn('delivery_id', 'integer', (c) => c.primaryKey())
    .addColumn('mailbox_key', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('at', 'integer', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('mailbox_mail_count').on('mailbox_mail').columns(['mailbox_key', 'kind', 'at']).execute()
  await db.schema.createIndex('mailbox_mail_at').on('mailbox_mail').column('at').execute()
}
