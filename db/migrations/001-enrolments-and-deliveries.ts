import { type Kysely, sql } from 'kysely'

/** Times are integers, ms UTC. Booleans are 0 or 1. Lists are JSON. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('learner')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('address_key', 'text', (c) => c.notNull().unique())
    .addColumn('data_key', 'blob')
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('suppression')
    .addColumn('address_key', 'text', (c) => c.primaryKey())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('enrolment')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('learner_id', 'integer', (c) => c.notNull().references('learner.id').onDelete('cascade'))
    .addColumn('course', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('time_zone', 'text', (c) => c.notNull())
    .addColumn('hour', 'integer', (c) => c.notNull())
    .addColumn('discreet', 'integer', (c) => c.notNull())
    .addColumn('web_only', 'integer', (c) => c.notNull())
    .addColumn('track', 'text')
    .addColumn('overlays', 'text', (c) => c.notNull())
    .addColumn('confirmed_at', 'integer', (c) => c.notNull())
    .addColumn('ended_at', 'integer')
    .execute()
  await db.schema.createIndex('enrolment_learner').on('enrolment').columns(['learner_id', 'course']).execute()
  // Concurrent confirmations for one course cannot both enrol.
  await db.schema
    .createIndex('enrolment_one_active')
    .on('enrolment')
    .columns(['learner_id', 'course'])
    .unique()
    .where(sql.ref('state'), '=', sql.lit('active'))
    .execute()

  await db.schema
    .createTable('sign_up')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('learner_id', 'integer', (c) => c.notNull().references('learner.id').onDelete('cascade'))
    .addColumn('course', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('time_zone', 'text', (c) => c.notNull())
    .addColumn('hour', 'integer', (c) => c.notNull())
    .addColumn('discreet', 'integer', (c) => c.notNull())
    .addColumn('web_only', 'integer', (c) => c.notNull())
    .addColumn('track', 'text')
    .addColumn('overlays', 'text', (c) => c.notNull())
    .addColumn('wording', 'text', (c) => c.notNull())
    .addColumn('nonce', 'text', (c) => c.notNull())
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .addColumn('confirmed_at', 'integer')
    .addColumn('confirmed_how', 'text')
    .addColumn('declined_at', 'integer')
    .addColumn('enrolment_id', 'integer', (c) => c.references('enrolment.id').onDelete('set null'))
    .execute()
  await db.schema.createIndex('sign_up_learner').on('sign_up').column('learner_id').execute()

  await db.schema
    .createTable('delivery')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('learner_id', 'integer', (c) => c.notNull().references('learner.id').onDelete('cascade'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('enrolment_id', 'integer', (c) => c.references('enrolment.id').onDelete('cascade'))
    .addColumn('sign_up_id', 'integer', (c) => c.references('sign_up.id').onDelete('cascade'))
    .addColumn('day', 'integer')
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('due_at', 'integer', (c) => c.notNull())
    .addColumn('attempt', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('fence', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('lease_until', 'integer')
    .addColumn('lease_owner', 'text')
    .addColumn('first_attempt_at', 'integer')
    .addColumn('dot_at', 'integer')
    .addColumn('first_dot_at', 'integer')
    .addColumn('settled_at', 'integer')
    .addColumn('resends', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('message_id', 'text')
    .addColumn('reply', 'text')
    .addColumn('created_at', 'integer', (c) => c.notNull())
    .addUniqueConstraint('delivery_one_a_day', ['enrolment_id', 'day'])
    .execute()
  // The sweep reads only these two, so its cost does not grow with the number of sent messages.
  await sql`create index delivery_due on delivery (due_at, id)
    where state in ('planned', 'deferred', 'unconfirmed')`.execute(db)
  await sql`create index delivery_leased on delivery (lease_until) where state = 'leased'`.execute(db)
  await db.schema.createIndex('delivery_learner').on('delivery').columns(['learner_id', 'kind']).execute()
  await db.schema.createIndex('delivery_sign_up').on('delivery').column('sign_up_id').execute()

  await db.schema
    .createTable('progress')
    .addColumn('enrolment_id', 'integer', (c) => c.notNull().references('enrolment.id').onDelete('cascade'))
    .addColumn('day', 'integer', (c) => c.notNull())
    .addColumn('effort', 'text', (c) => c.notNull())
    .addColumn('completed_at', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('progress_key', ['enrolment_id', 'day'])
    .execute()

  await db.schema
    .createTable('session')
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('learner_id', 'integer', (c) => c.notNull().references('learner.id').onDelete('cascade'))
    .addColumn('opened_at', 'integer', (c) => c.notNull())
    .addColumn('ended_at', 'integer')
    .addPrimaryKeyConstraint('session_key', ['hash', 'learner_id'])
    .execute()

  await db.schema
    .createTable('answer')
    .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('enrolment_id', 'integer', (c) => c.notNull().references('enrolment.id').onDelete('cascade'))
    .addColumn('day', 'integer', (c) => c.notNull())
    .addColumn('session', 'text', (c) => c.notNull())
    .addColumn('field', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('sealed', 'blob', (c) => c.notNull())
    .addColumn('saved_at', 'integer', (c) => c.notNull())
    // A value replaced from another tab is kept as a separate row next to the current one.
    .addColumn('kept', 'integer', (c) => c.notNull().defaultTo(0))
    .addUniqueConstraint('answer_version', ['enrolment_id', 'day', 'session', 'field', 'version'])
    .execute()

  await db.schema
    .createTable('heartbeat')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('at', 'integer', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('stream')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('since', 'integer', (c) => c.notNull())
    .addColumn('probe_at', 'integer')
    .addColumn('failures', 'integer', (c) => c.notNull())
    .execute()
  await sql`insert into stream (id, state, reason, since, probe_at, failures) values (1, 'open', '', 0, null, 0)`.execute(
    db,
  )
}
