import type { Kysely } from 'kysely'
import type { SignUps } from '../flow/store-ports.ts'
import { type Parameters, prepared } from './prepared.ts'
import { toPreferenceColumns, toSignUp } from './rows.ts'
import type { Database, PreferenceColumns } from './schema.ts'

type NewSignUp = PreferenceColumns & {
  readonly learner_id: number
  readonly course: string
  readonly wording: string
  readonly nonce: string
  readonly token_hash: string
  readonly created_at: number
}

const insert = prepared((db, parameter: Parameters<NewSignUp>) =>
  db
    .insertInto('sign_up')
    .values({
      name: parameter('name'),
      time_zone: parameter('time_zone'),
      hour: parameter('hour'),
      discreet: parameter('discreet'),
      web_only: parameter('web_only'),
      track: parameter('track'),
      overlays: parameter('overlays'),
      learner_id: parameter('learner_id'),
      course: parameter('course'),
      wording: parameter('wording'),
      nonce: parameter('nonce'),
      token_hash: parameter('token_hash'),
      created_at: parameter('created_at'),
    })
    .returning('id'),
)

const keepStartingPoint = prepared((db, parameter: Parameters<{ id: number; sealed: Uint8Array }>) =>
  db
    .updateTable('sign_up')
    .set({ starting_point: parameter('sealed') })
    .where('id', '=', parameter('id')),
)

export function createSignUps(db: Kysely<Database>): SignUps {
  return {
    async add({ learnerId, course, preferences, wording, nonce, tokenHash, now }) {
      const columns = {
        ...toPreferenceColumns(preferences),
        learner_id: learnerId,
        course,
        wording,
        nonce,
        token_hash: tokenHash,
        created_at: now,
      }
      const [row] = (await insert(db, columns)).rows
      if (!row) throw new Error('a sign-up was not written')
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
      await keepStartingPoint(db, { id, sealed })
    },
  }
}
