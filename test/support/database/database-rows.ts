import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { waitFor } from '../wait-for.ts'

export type Row = Readonly<Record<string, unknown>>

const SELF_CHANGING_TABLES = "'heartbeat', 'relay_pace', 'mailbox_mail', 'upkeep'"

/** Reads the service's SQLite file from outside, as an operator would. */
export function queryRows(dataDir: string, query: string, ...values: readonly unknown[]): Row[] {
  return withDatabase(dataDir, (database) => database.prepare(query).all(...values) as Row[])
}

/** Runs statements from outside, such as triggers that make a transaction fail halfway. */
export function changeDatabase(dataDir: string, statements: string): void {
  withDatabase(dataDir, (database) => database.exec(statements))
}

/**
 * Every row of every table except the heartbeats, the sending pace, the daily counters of limits and the tasks of the
 * hourly upkeep, which change without any action. If it is equal before and after, nothing was changed.
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

/** Waits until nothing due at `now` (ms UTC) is left waiting and no delivery is leased. */
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
