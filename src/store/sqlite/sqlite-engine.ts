import { CompiledQuery, sql } from 'kysely'
import type { Engine } from '../database/database.ts'

/** SQLite needs no locks: a statement that writes has the whole file to itself. */
export const sqliteEngine: Engine = {
  isRemote: false,

  jsonNumbers: (list) => sql<number>`(select value from json_each(${list}))`,

  jsonRows(lists, columns) {
    const values = Object.keys(columns).map((column, index) => sql`value ->> ${sql.lit(index)} as ${sql.ref(column)}`)
    return sql`(select ${sql.join(values)} from json_each(${lists}))`
  },

  bytesOfHex: (column) => sql`unhex(${sql.ref(column)})`,

  lowerCase: (column) => sql`lower(${sql.ref(column)})`,

  domainOf: (column) => sql`substr(${sql.ref(column)}, instr(${sql.ref(column)}, '@') + 1)`,

  lockForClaims: null,
  lockName: null,

  async highestIdEver(db, table) {
    const query = CompiledQuery.raw('select seq from sqlite_sequence where name = ?', [table])
    const { rows } = await db.executeQuery<{ seq: number }>(query)
    return rows[0]?.seq ?? 0
  },

  async skipIds(db, by) {
    // A table that never had a row has no sequence yet, and another copy of the database may have used its first ids.
    await db.executeQuery(
      CompiledQuery.raw(
        `insert into sqlite_sequence (name, seq) select name, 0 from sqlite_master
         where type = 'table' and lower(sql) like '%autoincrement%' and name not in (select name from sqlite_sequence)`,
      ),
    )
    await db.executeQuery(CompiledQuery.raw('update sqlite_sequence set seq = seq + ?', [by]))
  },

  async truncateLog(db) {
    const { rows } = await db.executeQuery<{ busy: number }>(CompiledQuery.raw('pragma wal_checkpoint(truncate)'))
    return rows[0]?.busy === 0
  },

  async size(db) {
    const { rows } = await db.executeQuery<{ bytes: number }>(
      CompiledQuery.raw('select page_count * page_size as bytes from pragma_page_count, pragma_page_size'),
    )
    return rows[0]?.bytes ?? 0
  },

  /** `secure_delete` zeroes deleted rows, but not the copies that rows moved between pages leave in unused space. */
  async rewrite(db) {
    await db.executeQuery(CompiledQuery.raw('vacuum'))
  },
}
