import type { Kysely, Selectable } from 'kysely'
import type { Course, LibraryAccess } from '../../core/course/course.ts'
import type { PublicationText } from '../../core/publication/publication-text.ts'
import { consentsFor } from '../../core/publication/published-question.ts'
import type { PublishedQuestions } from '../../flow/ports/publication-ports.ts'
import { askForRewrite } from '../database/rewrite-task.ts'
import type { Database } from '../database/schema.ts'

/** Parameters of one statement, with room to spare on both databases. */
const IDS_AT_ONCE = 500

export function createPublishedQuestions(db: Kysely<Database>): PublishedQuestions {
  const inLibrary = ({ name, library }: Pick<Course, 'name' | 'library'>) =>
    db.selectFrom('published_question').where('course', '=', name).where('library', 'in', consentsFor(library))

  return {
    async list(course) {
      const rows = await inLibrary(course)
        .select(['id', 'question', 'situation', 'language'])
        .orderBy('published_at')
        .orderBy('id')
        .execute()
      return rows.map(({ id, question, situation, language }) => ({
        ...{ id, question, language, audiences: audiencesOf(situation), isFromLearner: true },
      }))
    },

    async find(course, ids) {
      const found: Selectable<Database['published_question']>[] = []
      for (let from = 0; from < ids.length; from += IDS_AT_ONCE)
        found.push(
          ...(await inLibrary(course)
            .selectAll()
            .where('id', 'in', ids.slice(from, from + IDS_AT_ONCE))
            .execute()),
        )
      return found.map(({ id, ...row }) => {
        const { situation, ...text } = toText(row)
        return { id, ...text, audiences: audiencesOf(situation), links: [], isFromLearner: true }
      })
    },

    async byCode(code) {
      const row = await db
        .selectFrom('published_question')
        .select(['course', 'id'])
        .where('code', '=', code)
        .executeTakeFirst()
      return row ?? null
    },

    async add({ id, code, questionId, staysWhenErased, course, text, library, textHash, now }) {
      await db
        .insertInto('published_question')
        .values({
          ...{ id, code, course, library, question_id: questionId, goes_with: staysWhenErased ? null : questionId },
          ...{ language: text.language, situation: text.situation, article: text.article },
          ...{ question: text.question, answer: text.answer },
          ...{ follow_up: text.followUp, second_answer: text.secondAnswer },
          ...{ text_hash: textHash, published_at: now },
        })
        .execute()
    },

    async ofQuestion(questionId) {
      const row = await db
        .selectFrom('published_question')
        .selectAll()
        .where('question_id', '=', questionId)
        .executeTakeFirst()
      if (row === undefined) return null
      return {
        id: row.id,
        text: toText(row),
        staysWhenErased: row.goes_with === null,
        library: row.library as LibraryAccess,
        publishedAt: row.published_at,
      }
    },

    async removeOfQuestion(questionId) {
      const result = await db.deleteFrom('published_question').where('question_id', '=', questionId).executeTakeFirst()
      // What was withdrawn must not stay in the file either.
      if (result.numDeletedRows > 0n) await askForRewrite(db)
      return result.numDeletedRows > 0n
    },

    async ofCourses(courses) {
      if (courses.length === 0) return []
      const rows = await db
        .selectFrom('published_question')
        .select(['id', 'course', 'question', 'question_id', 'published_at'])
        .where('course', 'in', [...courses])
        .orderBy('published_at', 'desc')
        .orderBy('id')
        .execute()
      return rows.map(({ id, course, question, question_id: questionId, published_at: publishedAt }) => ({
        ...{ id, course, question, questionId, publishedAt },
      }))
    },

    async removeKept(id) {
      const result = await db
        .deleteFrom('published_question')
        .where('id', '=', id)
        .where('question_id', 'is', null)
        .executeTakeFirst()
      if (result.numDeletedRows > 0n) await askForRewrite(db)
      return result.numDeletedRows > 0n
    },
  }
}

function audiencesOf(situation: string | null): readonly string[] {
  return situation === null ? [] : [situation]
}

function toText(row: Omit<Selectable<Database['published_question']>, 'id'>): PublicationText {
  return {
    question: row.question,
    answer: row.answer,
    followUp: row.follow_up,
    secondAnswer: row.second_answer,
    situation: row.situation,
    language: row.language,
    article: row.article,
  }
}
