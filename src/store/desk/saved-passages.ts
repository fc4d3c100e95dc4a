import type { Kysely, Selectable } from 'kysely'
import type { SavedPassage, SavedPassages } from '../../flow/ports/answering-ports.ts'
import type { Database } from '../database/schema.ts'

export function createSavedPassages(db: Kysely<Database>): SavedPassages {
  return {
    async add({ course, title, text, operatorId, at }) {
      const { last } = await db
        .selectFrom('saved_passage')
        .select((eb) => eb.fn.max<number | null>('id').as('last'))
        .executeTakeFirstOrThrow()
      const id = (last ?? 0) + 1
      await db.insertInto('saved_passage').values({ id, course, title, text, operator_id: operatorId, at }).execute()
      return id
    },

    async byId(id) {
      const row = await db.selectFrom('saved_passage').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? toPassage(row) : null
    },

    async ofCourses(courses) {
      if (courses.length === 0) return []
      const rows = await db
        .selectFrom('saved_passage')
        .selectAll()
        .where('course', 'in', [...courses])
        .orderBy('course')
        .orderBy('title')
        .orderBy('id')
        .execute()
      return rows.map(toPassage)
    },

    async change(id, { title, text, operatorId, at }) {
      const result = await db
        .updateTable('saved_passage')
        .set({ title, text, operator_id: operatorId, at })
        .where('id', '=', id)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async remove(id) {
      const result = await db.deleteFrom('saved_passage').where('id', '=', id).executeTakeFirst()
      return result.numDeletedRows === 1n
    },
  }
}

function toPassage(row: Selectable<Database['saved_passage']>): SavedPassage {
  const { id, course, title, text, operator_id: operatorId, at } = row
  return { id, course, title, text, operatorId, at }
}
