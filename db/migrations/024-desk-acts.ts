import type { Kysely } from 'kysely'

/**
 * What operators do for one person (decision 50). `address_change.corrected` is 1 if an operator asked for the change. Then
 * links to the new address open nothing that was written before `learner.links_read_from` (ms UTC), for good.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('address_change').addColumn('corrected', 'bigint').execute()
  await db.schema.alterTable('learner').addColumn('links_read_from', 'bigint').execute()
}
