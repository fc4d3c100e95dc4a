import type { Kysely } from 'kysely'
import type { Learners } from '../../flow/ports/learner-ports.ts'
import { batchedLookup } from '../database/batched-lookup.ts'
import { prepared, type QueryParameters } from '../database/prepared-queries.ts'
import { askForRewrite } from '../database/rewrite-task.ts'
import type { Database } from '../database/schema.ts'
import { forgetChangesOf } from './address-changes.ts'

const insertOrFind = prepared(
  (db, parameter: QueryParameters<{ address: string; addressKey: string; mailboxKey: string | null; now: number }>) =>
    db
      .insertInto('learner')
      .values({
        address: parameter('address'),
        address_key: parameter('addressKey'),
        data_key: null,
        created_at: parameter('now'),
        mailbox_key: parameter('mailboxKey'),
      })
      // `do nothing` would not return the row. Setting `address` to itself is cheap, since it is in no index.
      .onConflict((conflict) =>
        conflict.column('address_key').doUpdateSet((eb) => ({ address: eb.ref('learner.address') })),
      )
      .returning(['id', 'address']),
)

const findById = batchedLookup('id', (db, ids) =>
  db.selectFrom('learner').select(['id', 'address']).where('id', 'in', ids),
)

const findDataKey = batchedLookup('id', (db, ids) =>
  db.selectFrom('learner').select(['id', 'data_key']).where('id', 'in', ids),
)

const keepDataKey = prepared((db, parameter: QueryParameters<{ id: number; key: Uint8Array }>) =>
  db
    .updateTable('learner')
    .set({ data_key: parameter('key') })
    .where('id', '=', parameter('id'))
    .where('data_key', 'is', null),
)

export function createLearners(db: Kysely<Database>): Learners {
  return {
    async ensure({ address, addressKey, mailboxKey = null, now }) {
      const [row] = (await insertOrFind(db, { address, addressKey, mailboxKey, now })).rows
      if (!row) throw new Error('a learner was not written')
      return row
    },

    async byId(id) {
      return (await findById(db, id)) ?? null
    },

    async erase(id) {
      // A report that names only the address is not linked to any row of the learner.
      await db
        .deleteFrom('mail_event')
        .where('address_key', '=', (eb) => eb.selectFrom('learner').select('address_key').where('id', '=', id))
        .execute()
      // The former address, and one that was asked for, are in rows of their own.
      await forgetChangesOf(db, id)
      // All other rows are deleted with the learner. Suppressions have their own key and are kept.
      await db.deleteFrom('learner').where('id', '=', id).execute()
      await askForRewrite(db)
    },

    async readingWord(id) {
      const row = await db.selectFrom('learner').select('reading_word').where('id', '=', id).executeTakeFirst()
      return row?.reading_word ?? null
    },

    async setReadingWord(id, hash) {
      await db.updateTable('learner').set({ reading_word: hash }).where('id', '=', id).execute()
    },

    async recoveryRound(id) {
      const row = await db.selectFrom('learner').select('recovery_round').where('id', '=', id).executeTakeFirst()
      return row?.recovery_round ?? null
    },

    async setRecovery(id, { before, round, hash }) {
      const result = await db
        .updateTable('learner')
        .set({ recovery_round: round, recovery_hash: hash })
        .where('id', '=', id)
        .where((eb) => (before === null ? eb('recovery_round', 'is', null) : eb('recovery_round', '=', before)))
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async byRecoveryHash(hash) {
      const row = await db.selectFrom('learner').select('id').where('recovery_hash', '=', hash).executeTakeFirst()
      return row?.id ?? null
    },

    async allowsWayBackEmail(id) {
      const row = await db.selectFrom('learner').select('mails_way_back').where('id', '=', id).executeTakeFirst()
      return row?.mails_way_back === 1
    },

    async setWayBackEmail(id, allowed) {
      await db
        .updateTable('learner')
        .set({ mails_way_back: Number(allowed) })
        .where('id', '=', id)
        .execute()
    },

    async linksReadFrom(id) {
      const row = await db.selectFrom('learner').select('links_read_from').where('id', '=', id).executeTakeFirst()
      return row?.links_read_from ?? null
    },

    async setLinksReadFrom(id, at) {
      await db.updateTable('learner').set({ links_read_from: at }).where('id', '=', id).execute()
    },

    async forgetStrangers(before) {
      await db
        .deleteFrom('learner')
        .where('id', 'in', (eb) =>
          eb
            .selectFrom('emailed_link')
            .select('emailed_link.learner_id')
            .where('emailed_link.goal', '=', 'back')
            .where('emailed_link.created_at', '<', before),
        )
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('sign_up').select('sign_up.id').whereRef('sign_up.learner_id', '=', 'learner.id'))),
        )
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(selectFrom('enrolment').select('enrolment.id').whereRef('enrolment.learner_id', '=', 'learner.id')),
          ),
        )
        .execute()
    },

    async dataKey(id, fresh) {
      const stored = await readDataKey(db, id)
      if (stored) return stored
      const made = fresh()
      // Conditional, so that two sessions saving their first answer at once end up with the same key.
      if ((await keepDataKey(db, { id, key: made })).numAffectedRows === 1n) return made
      const key = await readDataKey(db, id)
      if (!key) throw new Error(`learner ${id} is gone`)
      return key
    },
  }
}

async function readDataKey(db: Kysely<Database>, id: number): Promise<Uint8Array | null> {
  return (await findDataKey(db, id))?.data_key ?? null
}
