import { askPostgres } from './postgres-cluster.ts'
import { figure, type Table } from './table.ts'

interface Counts {
  readonly calls: number
  readonly rows: number
  readonly planningMs: number
  readonly ms: number
}

/** What Postgres has done so far. Times in ms, by statement without its values. */
export interface PostgresCounts {
  readonly statements: ReadonlyMap<string, Counts>
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
  const rows = await askPostgres<Counts & { query: string }>(
    url,
    `select query, sum(calls) as calls, sum(rows) as rows, sum(total_plan_time)::float8 as "planningMs",
       sum(total_exec_time)::float8 as ms from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database()) group by query`,
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
    .map(([query, counts]) => ({ query, ...difference(counts, before.statements.get(query) ?? NOTHING) }))
    .filter(({ calls }) => calls > 0)
    .sort((one, other) => other.ms - one.ms)
  const each = (value: number) => figure(value / lessons, 3)
  const row = (name: string, { calls, rows, planningMs, ms }: Counts) => [
    name,
    figure(calls, 0),
    each(calls),
    each(rows),
    figure((planningMs * 1_000) / lessons, 1),
    figure((ms * 1_000) / lessons, 1),
  ]
  const kib = figure((after.walBytes - before.walBytes) / 1_024 / lessons, 2)
  const syncs = each(after.walSyncs - before.walSyncs)
  return {
    title: `What Postgres was asked for ${figure(lessons, 0)} lessons: ${kib} KiB of log and ${syncs} syncs of it a lesson`,
    columns: ['statement', 'calls', 'a lesson', 'rows a lesson', 'planning, µs a lesson', 'µs a lesson'],
    rows: [
      row('all', asked.reduce(sumOf, NOTHING)),
      ...asked
        .slice(0, SHOWN)
        .map(({ query, ...counts }) => row(query.replaceAll(/\s+/g, ' ').slice(0, SHOWN_LENGTH), counts)),
    ],
  }
}

const NOTHING: Counts = { calls: 0, rows: 0, planningMs: 0, ms: 0 }

function combined(one: Counts, other: Counts, by: number): Counts {
  return {
    calls: one.calls + by * other.calls,
    rows: one.rows + by * other.rows,
    planningMs: one.planningMs + by * other.planningMs,
    ms: one.ms + by * other.ms,
  }
}

const sumOf = (one: Counts, other: Counts) => combined(one, other, 1)
const difference = (one: Counts, other: Counts) => combined(one, other, -1)
