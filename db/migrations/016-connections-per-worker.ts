import type { Kysely } from 'kysely'

/**
 * Connections to the relay are counted by each worker for itself (decision 33). `relay_pace` stays: the rate is kept by all
 * workers together. What the two tables held was valid for seconds.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropTable('relay_slot').execute()
  await db.schema.dropTable('relay_wish').execute()
}
