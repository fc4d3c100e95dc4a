import { type Kysely, sql } from 'kysely'
import { NO_STORED_START } from '../../flow/ports/enrolment-ports.ts'
import type { SignUps } from '../../flow/ports/sign-up-ports.ts'
import { batchedLookup } from '../database/batched-lookup.ts'
import { engineOf } from '../database/database.ts'
import { prepared, type QueryParameters } from '../database/prepared-queries.ts'
import { askForRewrite } from '../database/rewrite-task.ts'
import {
  NO_OVERLAYS,
  preferenceParameters,
  SIGN_UP_COLUMNS,
  toPreferenceColumns,
  toSignUp,
  toStoredStart,
} from '../database/rows.ts'
import type { Database, PreferenceColumns } from '../database/schema.ts'

type NewSignUp = PreferenceColumns & {
  readonly learner_id: number
  readonly short_emails: number
  readonly course: string
  readonly wording: string
  readonly nonce: string
  readonly token_hash: string
  readonly created_at: number
}

const insert = prepared((db, parameter: QueryParameters<NewSignUp>) =>
  db
    .insertInto('sign_up')
    .values({
      ...preferenceParameters(parameter),
      overlays: sql.lit(NO_OVERLAYS),
      learner_id: parameter('learner_id'),
      short_emails: parameter('short_emails'),
      course: parameter('course'),
      wording: parameter('wording'),
      nonce: parameter('nonce'),
      token_hash: parameter('token_hash'),
      created_at: parameter('created_at'),
    })
    .returning('id'),
)

const findById = batchedLookup('id', (db, ids) =>
  db.selectFrom('sign_up').select(SIGN_UP_COLUMNS).where('id', 'in', ids),
)

const findByTokenHash = prepared((db, parameter: QueryParameters<{ hash: string }>) =>
  db.selectFrom('sign_up').select(SIGN_UP_COLUMNS).where('token_hash', '=', parameter('hash')),
)

const setDeclined = prepared((db, parameter: QueryParameters<{ id: number; at: number | null }>) =>
  db
    .updateTable('sign_up')
    .set({ declined_at: parameter('at') })
    .where('id', '=', parameter('id')),
)

interface Confirmation {
  readonly id: number
  readonly now: number
  readonly how: string
  readonly enrolmentId: number
}

const setConfirmed = prepared((db, parameter: QueryParameters<Confirmation>) =>
  db
    .updateTable('sign_up')
    .set({
      confirmed_at: parameter('now'),
      confirmed_how: parameter('how'),
      enrolment_id: parameter('enrolmentId'),
    })
    .where('id', '=', parameter('id'))
    .where('confirmed_at', 'is', null),
)

const findStartingPoint = batchedLookup('id', (db, ids) =>
  db.selectFrom('sign_up').select(['id', 'starting_point', 'track', 'overlays']).where('id', 'in', ids),
)

const keepStartingPoint = prepared((db, parameter: QueryParameters<{ id: number; sealed: Uint8Array }>) =>
  db
    .updateTable('sign_up')
    .set((eb) => ({ starting_point: parameter('sealed'), track: eb.lit(null), overlays: sql.lit(NO_OVERLAYS) }))
    .where('id', '=', parameter('id')),
)

export function createSignUps(db: Kysely<Database>): SignUps {
  return {
    async add({ learnerId, course, preferences, wording, nonce, tokenHash, now }) {
      const columns = {
        ...toPreferenceColumns(preferences),
        learner_id: learnerId,
        short_emails: Number(preferences.shortEmails),
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
      const row = await findById(db, id)
      return row ? toSignUp(row) : null
    },

    async byTokenHash(hash) {
      const [row] = (await findByTokenHash(db, { hash })).rows
      return row ? toSignUp(row) : null
    },

    async consentsOf(learnerId) {
      const rows = await db
        .selectFrom('sign_up')
        .select([...SIGN_UP_COLUMNS, 'confirmed_how'])
        .where('learner_id', '=', learnerId)
        .orderBy('id')
        .execute()
      return rows.map((row) => ({
        course: row.course,
        language: row.language,
        wording: row.wording,
        askedAt: row.created_at,
        confirmedAt: row.confirmed_at,
        confirmedHow: row.confirmed_how,
        declinedAt: row.declined_at,
        preferences: toSignUp(row).preferences,
      }))
    },

    async decline(id, at) {
      await setDeclined(db, { id, at })
    },

    async confirm(id, { now, how, enrolmentId }) {
      return (await setConfirmed(db, { id, now, how, enrolmentId })).numAffectedRows === 1n
    },

    async forgetUnconfirmed(before, limit) {
      const rows = await db
        .selectFrom('sign_up')
        .select(['id', 'learner_id'])
        .where('confirmed_at', 'is', null)
        .where('created_at', '<', before)
        .orderBy('created_at')
        .limit(limit)
        .execute()
      if (rows.length === 0) return 0
      const ids = (list: readonly number[]) => engineOf(db).jsonNumbers(JSON.stringify(list))
      await db
        .deleteFrom('sign_up')
        .where('id', 'in', ids(rows.map(({ id }) => id)))
        .execute()
      await db
        .deleteFrom('learner')
        .where('id', 'in', ids(rows.map(({ learner_id }) => learner_id)))
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('sign_up').select('sign_up.id').whereRef('sign_up.learner_id', '=', 'learner.id'))),
        )
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(selectFrom('enrolment').select('enrolment.id').whereRef('enrolment.learner_id', '=', 'learner.id')),
          ),
        )
        .execute()
      await askForRewrite(db)
      return rows.length
    },

    async forgetUnconfirmedOf(learnerId) {
      await db.deleteFrom('sign_up').where('learner_id', '=', learnerId).where('confirmed_at', 'is', null).execute()
    },

    async startingPoint(id) {
      const row = await findStartingPoint(db, id)
      return row ? toStoredStart(row) : NO_STORED_START
    },

    async setStartingPoint(id, sealed) {
      await keepStartingPoint(db, { id, sealed })
    },
  }
}
