import type pg from 'pg'
import { toAppError } from '../postgres/postgres-errors.ts'
import type { Row, TableShape, Tables, Value } from './tables.ts'

const SQL_TYPES = { number: 'bigint', text: 'text', bytes: 'bytea' }

/** `client` must read 64-bit integers as numbers. */
export function postgresTables(client: pg.ClientBase): Tables {
  const all = async (statement: string, parameters: readonly Value[] = []) => {
    try {
      return (await client.query<Row>(statement, [...parameters])).rows
    } catch (error) {
      throw toAppError(error)
    }
  }
  const names = async () =>
    (await all('select tablename as name from pg_tables where schemaname = current_schema()')).map(({ name }) =>
      String(name),
    )
  return {
    names,

    async migrations() {
      if (!(await names()).includes('kysely_migration')) return []
      return (await all('select name from kysely_migration order by name collate "C"')).map(({ name }) => String(name))
    },

    async page(shape, after, limit) {
      const list = shape.columns.map(({ name }) => quoted(name)).join(', ')
      const order = keyOf(shape).join(', ')
      // The first comparison is one that an index on the key answers whatever its collation.
      const from =
        after === null ? '' : `where ${keyOf(shape)[0]} >= $1 and (${order}) > (${after.map((_, at) => `$${at + 1}`)})`
      const last = (after?.length ?? 0) + 1
      return all(`select ${list} from ${quoted(shape.name)} ${from} order by ${order} limit $${last}`, [
        ...(after ?? []),
        limit,
      ])
    },

    async insert({ name, columns }, rows) {
      const list = columns.map((column) => quoted(column.name)).join(', ')
      const arrays = columns.map(({ type }, at) => `$${at + 1}::${SQL_TYPES[type]}[]`)
      const values = columns.map((column) => rows.map((row) => row[column.name]))
      try {
        await client.query(`insert into ${quoted(name)} (${list}) select * from unnest(${arrays.join(', ')})`, values)
      } catch (error) {
        throw toAppError(error)
      }
    },

    async lastKey(shape) {
      const order = keyOf(shape).map((column) => `${column} desc`)
      const list = shape.key.map(quoted).join(', ')
      const [row] = await all(`select ${list} from ${quoted(shape.name)} order by ${order.join(', ')} limit 1`)
      return row === undefined ? null : shape.key.map((column) => row[column] ?? null)
    },

    async highestIds() {
      const rows = await all(
        `select regexp_replace(sequencename, '_id_seq$', '') as name, last_value as id
         from pg_sequences where schemaname = current_schema() and last_value is not null`,
      )
      return new Map(rows.map(({ name, id }) => [String(name), Number(id)]))
    },

    async setHighestIds(ids) {
      for (const [table, id] of ids)
        await all(`select setval(pg_get_serial_sequence($1, 'id'), $2)`, [quoted(table), id])
    },

    run: (statement, parameters) => {
      let at = 0
      return all(
        statement.replaceAll('?', () => {
          at += 1
          return `$${at}`
        }),
        parameters,
      )
    },
  }
}

/** Text is compared byte by byte, as in SQLite, whatever the collation of the database. */
function keyOf({ columns, key }: TableShape): readonly string[] {
  return key.map((column) => {
    const isText = columns.some(({ name, type }) => name === column && type === 'text')
    return isText ? `${quoted(column)} collate "C"` : quoted(column)
  })
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
