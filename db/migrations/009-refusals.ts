import { type Kysely, sql } from 'kysely'

/**
 * When a message was last rejected for policy, so that it is never used as a probe and counts until one is accepted.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('delivery').addColumn('refused_at', 'integer').execute()
  await sql`create index delivery_refused on delivery (refused_at) where refused_at is not null`.execute(db)
  // The first rejection since the relay last accepted a message; null if there is none.
  await db.schema.alterTable('stream').addColumn('refused_since', 'integer').execute()
  // Why sending is paused: `relay`, `refusals` or `reports`; null if paused by an earlier version.
  await db.schema.alterTable('stream').addColumn('cause', 'text').execute()
}
