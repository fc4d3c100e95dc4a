import { askPostgres } from './postgres-cluster.ts'
import { figure, type Table } from './table.ts'

/** What Postgres has done so far. Times in ms, by statement without its values. */
export interface PostgresCounts {
  readonly statements: ReadonlyMap<string, { readonly calls: number; readonly ms: number; readonly rows: number }>
  readonly walBytes: number
  readonly walSyncs: number
}

const SHOWN = 14
const SHOWN_LENGTH = 90

/** Needs the extension pg_stat_statements, which comes with Debian's PostgreSQL. */
export async function countStatements(url: string): Promise<PostgresCounts> {
  await askPostgres(url, 'create extension if not exists pg_stat_statements')
  // Backends report what they wrote with some delay.
  await askPostgres(url, 'select pg_stat_force_next_flush()')
  const rows = await askPostgres<{ query: string; calls: number; ms: number; rows: number }>(
    url,
    `select query, sum(calls) as calls, sum(total_exec_time)::float8 as ms, sum(rows) as rows from pg_stat_statements
     where dbid = (select oid from pg_database where datname = current_database()) group by query`,
  )
  const [wal] = await askPostgres<{ bytes: number; syncs: number }>(
    url,
    'select wal_bytes as bytes, wal_sync as syncs from pg_stat_wal',
  )
  return {
    statements: new Map(rows.map(({ query, ...counts }) => [query, counts])),
    walBytes: wal?.bytes ?? Number.NaN,
    walSyncs: wal?.syncs ?? Number.NaN,
  }
}

/** `lessons`: those sent between the two counts. */
export function statementsTable(before: PostgresCounts, after: PostgresCounts, lessons: number): Table {
  const asked = [...after.statements]
    .map(([query, { calls, ms, rows }]) => {
      const known = before.statements.get(query)
      return { query, calls: calls - (known?.calls ?? 0), ms: ms - (known?.ms ?? 0), rows: rows - (known?.rows ?? 0) }
    })
    .filter(({ calls }) => calls > 0)
    .sort((one, other) => other.ms - one.ms)
  const total = (of: (one: (typeof asked)[number]) => number) => asked.reduce((sum, one) => sum + of(one), 0)
  const each = (value: number) => figure(value / lessons, 3)
  const row = (name: string, calls: number, ms: number, rows: number) => [
    name,
    figure(calls, 0),
    each(calls),
    each(rows),
    figure((ms * 1_000) / calls, 0),
    figure((ms * 1_000) / lessons, 1),
  ]
  const kib = figure((after.walBytes - before.walBytes) / 1_024 / lessons, 2)
  const syncs = each(after.walSyncs - before.walSyncs)
  return {
    title: `What Postgres was asked for ${figure(lessons, 0)} lessons: ${kib} KiB of log and ${syncs} syncs of it a lesson`,
    columns: ['statement', 'calls', 'a lesson', 'rows a lesson', 'µs a call', 'µs a lesson'],
    rows: [
      row(
        'all',
        total((one) => one.calls),
        total((one) => one.ms),
        total((one) => one.rows),
      ),
      ...asked
        .slice(0, SHOWN)
        .map(({ query, calls, ms, rows }) =>
          row(query.replaceAll(/\s+/g, ' ').slice(0, SHOWN_LENGTH), calls, ms, rows),
        ),
    ],
  }
}
