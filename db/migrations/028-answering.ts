import { type Kysely, PostgresAdapter, sql } from 'kysely'

/**
 * Answering questions at the desk (decision 54). Times are ms UTC. Who answers for which course is kept apart from roles, because
 * no role includes it. Saved passages are the authors' own text, in clear.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter
  // Compared byte by byte, whatever the collation of the database.
  const key = isPostgres ? sql`text collate "C"` : 'text'
  await db.schema
    .createTable('answers_for')
    .addColumn('operator_id', 'bigint', (column) => column.notNull().references('operator.id').onDelete('cascade'))
    .addColumn('course', key, (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('answers_for_key', ['operator_id', 'course'])
    .execute()
  await sql`create index answers_for_course on answers_for (course, operator_id)`.execute(db)

  await db.schema
    .createTable('saved_passage')
    .addColumn('id', 'bigint', (column) => column.primaryKey())
    .addColumn('course', key, (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('operator_id', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index saved_passage_course on saved_passage (course, id)`.execute(db)
}
