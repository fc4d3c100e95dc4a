import { type Kysely, sql } from 'kysely'

/** What waits for a person is found without looking through everything that waits. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index delivery_unconfirmed on delivery (due_at, id) where state = 'unconfirmed'`.execute(db)
}
