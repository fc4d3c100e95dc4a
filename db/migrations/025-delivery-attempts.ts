import type { Kysely } from 'kysely'

/**
 * What became of each attempt that was not accepted, and in which zone an operator reads times (decision 51). Times are ms
 * UTC. `number` counts the failed attempts of a delivery from 1, also those of which the row was deleted since.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('delivery_attempt')
    .addColumn('delivery_id', 'bigint', (column) => column.notNull().references('delivery.id').onDelete('cascade'))
    .addColumn('number', 'bigint', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('reply', 'text', (column) => column.notNull())
    // When it was to be tried again, as decided then; null: not by itself.
    .addColumn('next_at', 'bigint')
    .addPrimaryKeyConstraint('delivery_attempt_key', ['delivery_id', 'number'])
    .execute()
  await db.schema.alterTable('operator').addColumn('time_zone', 'text').execute()
}
