import { type Kysely, type Selectable, sql } from 'kysely'
import type { AddressChange, AddressChanges } from '../../flow/ports/address-ports.ts'
import { askForRewrite } from '../database/rewrite-task.ts'
import type { Database } from '../database/schema.ts'

export function createAddressChanges(db: Kysely<Database>): AddressChanges {
  return {
    async ask({ id, learnerId, otherId, isCorrection = false, now }) {
      await db
        .insertInto('address_change')
        .values({
          delivery_id: id,
          learner_id: learnerId,
          other_id: otherId,
          asked_at: now,
          changed_at: null,
          undone_at: null,
          confirmed_again_at: null,
          corrected: Number(isCorrection),
        })
        .execute()
    },

    async find(id) {
      return toChange(
        await db.selectFrom('address_change').selectAll().where('delivery_id', '=', id).executeTakeFirst(),
      )
    },

    async byFormer(otherId) {
      return toChange(
        await db
          .selectFrom('address_change')
          .selectAll()
          .where('other_id', '=', otherId)
          .where('changed_at', 'is not', null)
          .orderBy('delivery_id', 'desc')
          .executeTakeFirst(),
      )
    },

    async latest(learnerId) {
      return toChange(
        await db
          .selectFrom('address_change')
          .selectAll()
          .where('learner_id', '=', learnerId)
          .where('changed_at', 'is not', null)
          .orderBy('changed_at', 'desc')
          .executeTakeFirst(),
      )
    },

    async nextOf(learnerId, since) {
      return toChange(
        await db
          .selectFrom('address_change')
          .selectAll()
          .where((eb) => eb.or([eb('learner_id', '=', learnerId), eb('other_id', '=', learnerId)]))
          .where('changed_at', '>', since)
          .orderBy('changed_at')
          .limit(1)
          .executeTakeFirst(),
      )
    },

    async undone(learnerId) {
      const rows = await db
        .selectFrom('address_change')
        .selectAll()
        .where('learner_id', '=', learnerId)
        .where('undone_at', 'is not', null)
        .where('confirmed_again_at', 'is', null)
        .orderBy('delivery_id')
        .execute()
      return rows.map((row) => changeOf(row))
    },

    async make(id, now) {
      const result = await db
        .updateTable('address_change')
        .set({ changed_at: now })
        .where('delivery_id', '=', id)
        .where('changed_at', 'is', null)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('address_change as later')
                .select('later.delivery_id')
                .whereRef('later.learner_id', '=', 'address_change.learner_id')
                .whereRef('later.delivery_id', '>', 'address_change.delivery_id'),
            ),
          ),
        )
        .returning(['learner_id', 'other_id'])
        .executeTakeFirst()
      if (result === undefined || result.other_id === null) return false
      await exchange(db, result.learner_id, result.other_id)
      await db
        .deleteFrom('address_change')
        .where('other_id', '=', result.other_id)
        .where('changed_at', 'is', null)
        .execute()
      return true
    },

    async undo(id, { now, changedAfter }) {
      const result = await db
        .updateTable('address_change')
        .set({ undone_at: now })
        .where('delivery_id', '=', id)
        .where('changed_at', '>', changedAfter)
        .where('undone_at', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async confirmAgain(id, now) {
      const result = await db
        .updateTable('address_change')
        .set({ confirmed_again_at: now })
        .where('delivery_id', '=', id)
        .where('undone_at', 'is not', null)
        .where('confirmed_again_at', 'is', null)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async forget({ madeBefore, keptSince }) {
      const over = await db
        .selectFrom('address_change')
        .select(['delivery_id', 'other_id', 'changed_at'])
        .where('asked_at', '<', madeBefore)
        .where((eb) =>
          eb.or([
            eb('changed_at', 'is', null),
            eb.and([eb('changed_at', '<', madeBefore), eb('other_id', 'is not', null)]),
            eb('changed_at', '<', keptSince),
          ]),
        )
        .where((eb) => eb.or([eb('undone_at', 'is', null), eb('confirmed_again_at', 'is not', null)]))
        .execute()
      if (over.length === 0) return
      for (const { delivery_id: id, other_id: otherId, changed_at: changedAt } of over) {
        if (changedAt === null || changedAt < keptSince)
          await db.deleteFrom('address_change').where('delivery_id', '=', id).execute()
        else await db.updateTable('address_change').set({ other_id: null }).where('delivery_id', '=', id).execute()
        if (otherId !== null) await forgetIfUnknown(db, otherId)
      }
      await askForRewrite(db)
    },
  }
}

/** The addresses are unique, so one of them gives way for a moment, within the same transaction. */
async function exchange(db: Kysely<Database>, one: number, other: number): Promise<void> {
  const columns = ['address', 'address_key', 'mailbox_key'] as const
  const read = (id: number) => db.selectFrom('learner').select(columns).where('id', '=', id).executeTakeFirstOrThrow()
  const [first, second] = [await read(one), await read(other)]
  const write = (id: number, values: typeof first) =>
    db.updateTable('learner').set(values).where('id', '=', id).execute()
  await write(other, { ...second, address_key: `exchanged by ${one}` })
  await write(one, second)
  await write(other, first)
}

/** Deletes every change of this learner, with the learner rows that have nothing but the other address. */
export async function forgetChangesOf(db: Kysely<Database>, learnerId: number): Promise<void> {
  const rows = await db.deleteFrom('address_change').where('learner_id', '=', learnerId).returning('other_id').execute()
  for (const { other_id: otherId } of rows) if (otherId !== null) await forgetIfUnknown(db, otherId)
}

/** Deletes a learner row that has no course and asked for none. */
async function forgetIfUnknown(db: Kysely<Database>, id: number): Promise<void> {
  await db
    .deleteFrom('learner')
    .where('id', '=', id)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('sign_up').select('sign_up.id').where('sign_up.learner_id', '=', id))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('enrolment').select('enrolment.id').where('enrolment.learner_id', '=', id))),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('address_change')
            .select(sql.lit(1).as('one'))
            .where((eb) => eb.or([eb('other_id', '=', id), eb('learner_id', '=', id)])),
        ),
      ),
    )
    .execute()
}

function toChange(row: Selectable<Database['address_change']> | undefined): AddressChange | null {
  return row === undefined ? null : changeOf(row)
}

function changeOf(row: Selectable<Database['address_change']>): AddressChange {
  return {
    id: row.delivery_id,
    learnerId: row.learner_id,
    otherId: row.other_id,
    askedAt: row.asked_at,
    changedAt: row.changed_at,
    undoneAt: row.undone_at,
    confirmedAgainAt: row.confirmed_again_at,
    isCorrection: row.corrected === 1,
  }
}
