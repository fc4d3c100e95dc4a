import { type Kysely, PostgresAdapter, sql } from 'kysely'

/**
 * Questions of learners in the library (decision 55). Times are ms UTC. `publication.sealed` is the text that an author
 * proposes, and `changed` the same in the learner's own words, both under the learner's key; `version` counts the texts, so
 * that a yes means the one that was shown. `delivery_id` is the email that asks for it.
 * `published_question` is the only copy in clear, and a row is never changed. It is deleted with the question in `goes_with`,
 * and only loses its link where the learner wanted the text to stay: then `goes_with` is null. `code` is the last part of
 * its discreet address. `library`, `text_hash` and `published_at` are the consent: who may read it, to what, and when.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter
  // Compared byte by byte, whatever the collation of the database.
  const key = sql.raw(isPostgres ? 'text collate "C"' : 'text')
  const bytes = sql.raw(isPostgres ? 'bytea' : 'blob')

  await sql`create table publication (
    question_id bigint primary key references question (id) on delete cascade,
    version bigint not null,
    state text not null,
    sealed ${bytes} not null,
    changed ${bytes},
    proposed_at bigint not null,
    decided_at bigint,
    delivery_id bigint)`.execute(db)
  await sql`create index publication_proposed on publication (proposed_at) where state = 'proposed'`.execute(db)
  await sql`create index publication_delivery on publication (delivery_id) where delivery_id is not null`.execute(db)

  await sql`create table published_question (
    id ${key} primary key,
    code ${key} not null unique,
    question_id bigint references question (id) on delete set null,
    goes_with bigint references question (id) on delete cascade,
    course ${key} not null,
    language text not null,
    situation text,
    question text not null,
    answer text not null,
    follow_up text not null,
    second_answer text not null,
    article text,
    library text not null,
    text_hash text not null,
    published_at bigint not null)`.execute(db)
  await sql`create index published_question_course on published_question (course, published_at)`.execute(db)
  // One for each question; also how the database finds what goes with a question that is deleted.
  await sql`create unique index published_question_question on published_question (question_id)`.execute(db)
  await sql`create index published_question_goes_with on published_question (goes_with)`.execute(db)
}
