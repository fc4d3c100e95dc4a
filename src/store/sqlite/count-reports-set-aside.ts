import { existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'

/**
 * Counts the reports set aside without starting or migrating anything. Null if there is no database, or if its version
 * predates setting reports aside. Waits at most one second for a lock.
 */
export function countReportsSetAside(file: string): number | null {
  if (!existsSync(file)) return null
  // Not opened read-only: such a connection leaves the WAL files behind when it closes.
  const database = new Sqlite(file, { fileMustExist: true, timeout: 1_000 })
  try {
    database.pragma('query_only = ON')
    const known = database.pragma('table_info(mail_event)') as readonly { readonly name: string }[]
    if (!known.some(({ name }) => name === 'set_aside_at')) return null
    const sql = 'select count(*) as n from mail_event where applied_at is null and set_aside_at is not null'
    return Number((database.prepare(sql).get() as { n: number }).n)
  } finally {
    database.close()
  }
}
