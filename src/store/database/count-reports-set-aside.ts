import { existsSync } from 'node:fs'
import Sqlite from 'better-sqlite3'

/**
 * How many reports are set aside, for who starts nothing and migrates nothing: null where there is no database, or one of a
 * version that set none aside. Waits no longer than a second for a lock.
 */
export function countReportsSetAside(file: string): number | null {
  if (!existsSync(file)) return null
  // One that may only read leaves the files of the log behind when it closes.
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
