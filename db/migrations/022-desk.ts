import { type Kysely, PostgresAdapter, sql } from 'kysely'

/**
 * The operator's desk (decision 46). Times are ms UTC. Ids of operators and numbers of audit entries are assigned in a
 * transaction and never used again: an operator who is removed keeps the row without the address. Sessions, links and
 * passkeys are found by what only their holder has. Audit entries name learners by id and outlive them; notes do not.
 * The indexes at the end are for finding people.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter
  // Compared byte by byte, whatever the collation of the database.
  const key = isPostgres ? sql`text collate "C"` : 'text'
  await db.schema
    .createTable('operator')
    .addColumn('id', 'bigint', (column) => column.primaryKey())
    .addColumn('address', 'text')
    .addColumn('address_key', key, (column) => column.unique())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('added_at', 'bigint', (column) => column.notNull())
    .addColumn('removed_at', 'bigint')
    .execute()

  await db.schema
    .createTable('passkey')
    .addColumn('id', key, (column) => column.primaryKey())
    .addColumn('operator_id', 'bigint', (column) => column.notNull().references('operator.id').onDelete('cascade'))
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('counter', 'bigint', (column) => column.notNull())
    .addColumn('transports', 'text', (column) => column.notNull())
    .addColumn('added_at', 'bigint', (column) => column.notNull())
    .addColumn('last_used_at', 'bigint')
    .execute()
  await sql`create index passkey_operator on passkey (operator_id)`.execute(db)

  await db.schema
    .createTable('passkey_challenge')
    .addColumn('challenge', key, (column) => column.primaryKey())
    .addColumn('operator_id', 'bigint', (column) => column.references('operator.id').onDelete('cascade'))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index passkey_challenge_created on passkey_challenge (created_at)`.execute(db)

  await db.schema
    .createTable('operator_link')
    .addColumn('hash', key, (column) => column.primaryKey())
    .addColumn('operator_id', 'bigint', (column) => column.references('operator.id').onDelete('cascade'))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    .execute()
  await sql`create index operator_link_operator on operator_link (operator_id, created_at)`.execute(db)
  await sql`create index operator_link_expires on operator_link (expires_at)`.execute(db)

  await db.schema
    .createTable('operator_session')
    .addColumn('hash', key, (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('operator_id', 'bigint', (column) => column.notNull().references('operator.id').onDelete('cascade'))
    .addColumn('means', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'bigint', (column) => column.notNull())
    .addColumn('last_used_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index operator_session_operator on operator_session (operator_id)`.execute(db)
  await sql`create index operator_session_opened on operator_session (opened_at)`.execute(db)

  await db.schema
    .createTable('audit_entry')
    .addColumn('number', 'bigint', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('operator_id', 'bigint')
    .addColumn('act', 'text', (column) => column.notNull())
    .addColumn('learner_id', 'bigint')
    .addColumn('reason', 'text')
    .addColumn('details', 'text', (column) => column.notNull())
    .addColumn('note_hash', 'text')
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute()
  await sql`create index audit_entry_learner on audit_entry (learner_id, number) where learner_id is not null`.execute(
    db,
  )
  await sql`create index audit_entry_operator on audit_entry (operator_id, number)`.execute(db)
  await sql`create index audit_entry_act on audit_entry (act, number)`.execute(db)

  await db.schema
    .createTable('audit_note')
    .addColumn('number', 'bigint', (column) => column.primaryKey())
    .addColumn('learner_id', 'bigint', (column) => column.notNull().references('learner.id').onDelete('cascade'))
    .addColumn('sealed', 'text', (column) => column.notNull())
    .execute()
  await sql`create index audit_note_learner on audit_note (learner_id)`.execute(db)

  // Byte by byte, so that addresses with the same beginning stand together whatever the collation of the database.
  const bytewise = isPostgres ? sql`collate "C"` : sql``
  await sql`create index learner_address on learner (lower(address) ${bytewise}, id)`.execute(db)
  await sql`create index enrolment_confirmed on enrolment (confirmed_at, id)`.execute(db)
  await sql`create index enrolment_state on enrolment (state, confirmed_at, id)`.execute(db)
  await sql`create index enrolment_ended on enrolment (ended_at, state) where ended_at is not null`.execute(db)
  await sql`create index sign_up_created on sign_up (created_at)`.execute(db)
  await sql`create index delivery_deferred on delivery (due_at) where state = 'deferred'`.execute(db)
}
