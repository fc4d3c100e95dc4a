import type { Database as Sqlite3 } from 'better-sqlite3'
import { isCopied, type Row, type TableShape, type Tables, type Value } from './tables.ts'

export function sqliteTables(sqlite: Sqlite3): Tables {
  const all = (statement: string, parameters: readonly Value[] = []) =>
    sqlite.prepare(statement).all(...parameters) as readonly Row[]
  const names = () =>
    all(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite~_%' escape '~' order by name",
    ).map(({ name }) => String(name))
  return {
    names: async () => names(),

    migrations: async () =>
      names().includes('kysely_migration')
        ? all('select name from kysely_migration order by name').map(({ name }) => String(name))
        : [],

    async page({ name, columns, key }, after, limit) {
      const list = columns.map((column) => quoted(column.name)).join(', ')
      const order = key.map(quoted).join(', ')
      const from = after === null ? '' : `where (${order}) > (${key.map(() => '?').join(', ')})`
      const statement = `select ${list} from ${quoted(name)} ${from} order by ${order} limit ?`
      return all(statement, [...(after ?? []), limit])
    },

    async insert({ name, columns }, rows) {
      const list = columns.map((column) => quoted(column.name)).join(', ')
      const insert = sqlite.prepare(
        `insert into ${quoted(name)} (${list}) values (${columns.map(() => '?').join(', ')})`,
      )
      sqlite
        .transaction(() => {
          for (const row of rows) insert.run(columns.map((column) => row[column.name]))
        })
        .immediate()
    },

    async lastKey({ name, key }) {
      const order = key.map((column) => `${quoted(column)} desc`).join(', ')
      const [row] = all(`select ${key.map(quoted).join(', ')} from ${quoted(name)} order by ${order} limit 1`)
      return row === undefined ? null : key.map((column) => row[column] ?? null)
    },

    highestIds: async () =>
      new Map(all('select name, seq from sqlite_sequence').map(({ name, seq }) => [String(name), Number(seq)])),

    async setHighestIds(ids) {
      sqlite
        .transaction(() => {
          for (const [table, id] of ids) {
            sqlite.prepare('delete from sqlite_sequence where name = ?').run(table)
            sqlite.prepare('insert into sqlite_sequence (name, seq) values (?, ?)').run(table, id)
          }
        })
        .immediate()
    },

    async run(statement, parameters = []) {
      const prepared = sqlite.prepare(statement)
      if (prepared.reader) return prepared.all(...parameters) as readonly Row[]
      prepared.run(...parameters)
      return []
    },
  }
}

/** The tables of a migrated file, each after those that it refers to. Postgres has the same (decision 39). */
export function tableShapes(sqlite: Sqlite3): readonly TableShape[] {
  const names = sqlite
    .prepare<[], { name: string }>("select name from sqlite_master where type = 'table' order by name")
    .all()
    .map(({ name }) => name)
    .filter(isCopied)
  const parents = new Map(
    names.map((table) => {
      const found = sqlite.prepare<[string], { table: string }>('select "table" from pragma_foreign_key_list(?)')
      return [table, found.all(table).map((one) => one.table)]
    }),
  )
  const ordered = new Set<string>()
  const visit = (table: string) => {
    for (const parent of parents.get(table) ?? []) if (parent !== table && !ordered.has(parent)) visit(parent)
    ordered.add(table)
  }
  for (const table of names) visit(table)
  return [...ordered].map((table) => shapeOf(sqlite, table))
}

function shapeOf(sqlite: Sqlite3, table: string): TableShape {
  const columns = sqlite
    .prepare<[string], { name: string; type: string; pk: number }>(
      'select name, lower(type) as type, pk from pragma_table_info(?) order by name',
    )
    .all(table)
  const key = columns.filter(({ pk }) => pk > 0).sort((one, other) => one.pk - other.pk)
  if (key.length === 0) throw new Error(`The table ${table} has no primary key.`)
  return {
    name: table,
    columns: columns.map(({ name, type }) => ({ name, type: typeOf(type) })),
    key: key.map(({ name }) => name),
  }
}

/** By the rules of SQLite's type affinity (https://sqlite.org/datatype3.html, section 3.1). */
function typeOf(declared: string): TableShape['columns'][number]['type'] {
  if (declared.includes('int')) return 'number'
  return declared.includes('blob') ? 'bytes' : 'text'
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
