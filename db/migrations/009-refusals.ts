import { type Kysely, sql } from 'kysely'

/** When a message was last refused for policy, so that it never probes a paused relay and is counted until one is accepted. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('delivery').addColumn('refused_at', 'integer').execute()
  await sql`create index delivery_refused on delivery (refused_at) where refused_at is not null`.execute(db)
  // The first refusal since the relay last accepted a message; null when none came since.
  await db.schema.alterTable('stream').addColumn('refused_since', 'integer').execute()
  // What a pause comes from: `relay`, `refusals` or `reports`; null for one from before this column.
  await db.schema.alterTable('stream').addColumn('cause', 'text').execute()
}
