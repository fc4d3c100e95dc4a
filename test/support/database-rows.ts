import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { waitFor } from './wait-for.ts'

export type Row = Readonly<Record<string, unknown>>

const SELF_CHANGING_TABLES = "'heartbeat', 'relay_pace', 'mailbox_mail'"

/** Reads the service's SQLite file from outside, as an operator would. */
export function queryRows(dataDir: string, query: string, ...values: readonly unknown[]): Row[] {
  return withDatabase(dataDir, (database) => database.prepare(query).all(...values) as Row[])
}

/** Runs statements from outside: for triggers that break a transaction in its middle. */
export function changeDatabase(dataDir: string, statements: string): void {
  withDatabase(dataDir, (database) => database.exec(statements))
}

/**
 * Every row of every table, but for the heartbeats, the pace of sending and what limits count for a day, which come and go by
 * themselves. Equal before and after: nothing changed.
 */
export function allRows(dataDir: string): Readonly<Record<string, readonly Row[]>> {
  return withDatabase(dataDir, (database) => {
    const tables = database
      .prepare(
        `select name from sqlite_master where type = 'table' and name not in (${SELF_CHANGING_TABLES}) order by name`,
      )
      .pluck()
      .all() as string[]
    return Object.fromEntries(
      tables.map((table) => [table, database.prepare(`select * from "${table}"`).all() as Row[]]),
    )
  })
}

/** Waits until nothing that is due at `now` (ms UTC) waits any more and nobody holds a lease. */
export async function waitUntilIdle(dataDir: string, now: number): Promise<void> {
  const busy = () =>
    queryRows(
      dataDir,
      "select id, kind, day, state from delivery where state = 'leased' or (state in ('planned', 'deferred') and due_at <= ?)",
      now,
    )
  await waitFor(
    () => busy().length === 0,
    () => `quiet; still busy: ${JSON.stringify(busy())}`,
  )
}

function withDatabase<T>(dataDir: string, work: (database: Sqlite.Database) => T): T {
  const database = new Sqlite(join(dataDir, 'bootcamp.db'))
  try {
    return work(database)
  } finally {
    database.close()
  }
}
