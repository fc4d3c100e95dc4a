import type { Kysely, Selectable } from 'kysely'
import type { Role } from '../../core/desk/roles.ts'
import type { Operator, Operators } from '../../flow/ports/desk-ports.ts'
import type { Database } from '../database/schema.ts'

export function createOperators(db: Kysely<Database>): Operators {
  const known = () => db.selectFrom('operator').selectAll().where('removed_at', 'is', null)
  const others = (id: number) =>
    db
      .selectFrom('operator as other')
      .select('other.id')
      .where('other.role', '=', 'owner')
      .where('other.removed_at', 'is', null)
      .where('other.id', '!=', id)
  return {
    async add({ address, addressKey, role, now }) {
      const { last } = await db
        .selectFrom('operator')
        .select((eb) => eb.fn.max<number | null>('id').as('last'))
        .executeTakeFirstOrThrow()
      const row = {
        id: (last ?? 0) + 1,
        address,
        address_key: addressKey,
        role,
        added_at: now,
        removed_at: null,
        time_zone: null,
      }
      await db.insertInto('operator').values(row).execute()
      return toOperator(row)
    },

    async byId(id) {
      const row = await known().where('id', '=', id).executeTakeFirst()
      return row ? toOperator(row) : null
    },

    async byKey(addressKey) {
      const row = await known().where('address_key', '=', addressKey).executeTakeFirst()
      return row ? toOperator(row) : null
    },

    async all() {
      return (await known().orderBy('id').execute()).map(toOperator)
    },

    async setRole(id, role) {
      const result = await db
        .updateTable('operator')
        .set({ role })
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .$if(role !== 'owner', (query) =>
          query.where((eb) => eb.or([eb('role', '!=', 'owner'), eb.exists(others(id))])),
        )
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async setTimeZone(id, timeZone) {
      await db.updateTable('operator').set({ time_zone: timeZone }).where('id', '=', id).execute()
    },

    async remove(id, now) {
      const result = await db
        .updateTable('operator')
        .set({ address: null, address_key: null, removed_at: now })
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .where((eb) => eb.or([eb('role', '!=', 'owner'), eb.exists(others(id))]))
        .executeTakeFirst()
      if (result.numUpdatedRows !== 1n) return false
      for (const table of [
        'operator_session',
        'operator_link',
        'passkey',
        'passkey_challenge',
        'answers_for',
        'author_notice',
      ] as const)
        await db.deleteFrom(table).where('operator_id', '=', id).execute()
      return true
    },
  }
}

function toOperator(row: Selectable<Database['operator']>): Operator {
  return { id: row.id, address: row.address, role: row.role as Role, addedAt: row.added_at, timeZone: row.time_zone }
}
