import type { Kysely } from 'kysely'
import type { SignUps } from '../flow/store-ports.ts'
import { toPreferenceColumns, toSignUp } from './rows.ts'
import type { Database } from './schema.ts'

export function createSignUps(db: Kysely<Database>): SignUps {
  return {
    async add({ learnerId, course, preferences, wording, nonce, tokenHash, now }) {
      const row = await db
        .insertInto('sign_up')
        .values({
          ...toPreferenceColumns(preferences),
          learner_id: learnerId,
          course,
          wording,
          nonce,
          token_hash: tokenHash,
          created_at: now,
          confirmed_at: null,
          confirmed_how: null,
          declined_at: null,
          enrolment_id: null,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      return row.id
    },

    async byId(id) {
      const row = await db.selectFrom('sign_up').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? toSignUp(row) : null
    },

    async byTokenHash(hash) {
      const row = await db.selectFrom('sign_up').selectAll().where('token_hash', '=', hash).executeTakeFirst()
      return row ? toSignUp(row) : null
    },

    async decline(id, at) {
      await db.updateTable('sign_up').set({ declined_at: at }).where('id', '=', id).execute()
    },

    async confirm(id, { now, how, enrolmentId }) {
      const result = await db
        .updateTable('sign_up')
        .set({ confirmed_at: now, confirmed_how: how, enrolment_id: enrolmentId })
        .where('id', '=', id)
        .where('confirmed_at', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async startingPoint(id) {
      const row = await db.selectFrom('sign_up').select('starting_point').where('id', '=', id).executeTakeFirst()
      return row?.starting_point ?? null
    },

    async setStartingPoint(id, sealed) {
      await db.updateTable('sign_up').set({ starting_point: sealed }).where('id', '=', id).execute()
    },
  }
}
