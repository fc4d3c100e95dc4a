import { type Kysely, PostgresAdapter, sql } from 'kysely'

/**
 * Answering questions at the desk (decision 54). Times are ms UTC. Who answers for which course is kept apart from roles, because
 * no role includes it. Saved passages are the authors' own text, in clear. Drafts of answers and what a colleague says about them
 * are sealed under the learner's key. `question_notice` says of which waiting an author was told, and `author_notice` when they
 * were last told of any and whether somebody is telling them now.
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

  const bytes = isPostgres ? 'bytea' : 'blob'
  await db.schema
    .createTable('question_draft')
    .addColumn('question_id', 'bigint', (column) => column.notNull().references('question.id').onDelete('cascade'))
    .addColumn('operator_id', 'bigint', (column) => column.notNull())
    .addColumn('sealed', sql.raw(bytes), (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('question_draft_key', ['question_id', 'operator_id'])
    .execute()
  await sql`create index question_draft_operator on question_draft (operator_id)`.execute(db)

  await db.schema
    .createTable('question_note')
    .addColumn('id', 'bigint', (column) => column.primaryKey())
    .addColumn('question_id', 'bigint', (column) => column.notNull().references('question.id').onDelete('cascade'))
    .addColumn('asked_by', 'bigint', (column) => column.notNull())
    .addColumn('asked_of', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('sealed', sql.raw(bytes))
    .addColumn('done_at', 'bigint')
    .execute()
  await sql`create index question_note_question on question_note (question_id, id)`.execute(db)
  // One request at a time from one colleague, however often the button is pressed.
  await sql`create unique index question_note_open on question_note (asked_of, question_id) where done_at is null`.execute(
    db,
  )
  await sql`create index question_assigned on question (assigned_to, course) where assigned_to is not null`.execute(db)

  await db.schema
    .createTable('question_notice')
    .addColumn('question_id', 'bigint', (column) => column.notNull().references('question.id').onDelete('cascade'))
    .addColumn('operator_id', 'bigint', (column) => column.notNull())
    .addColumn('waiting_since', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('question_notice_key', ['question_id', 'operator_id'])
    .execute()
  await db.schema
    .createTable('author_notice')
    .addColumn('operator_id', 'bigint', (column) => column.primaryKey().references('operator.id').onDelete('cascade'))
    .addColumn('told_at', 'bigint')
    .addColumn('attempts', 'bigint', (column) => column.notNull())
    .addColumn('try_at', 'bigint', (column) => column.notNull())
    .execute()
}
