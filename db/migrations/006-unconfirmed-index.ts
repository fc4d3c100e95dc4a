import { type Kysely, sql } from 'kysely'

/** Finds deliveries that wait for an operator without scanning all waiting ones. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index delivery_unconfirmed on delivery (due_at, id) where state = 'unconfirmed'`.execute(db)
}
