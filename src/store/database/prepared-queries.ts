import type { Compilable, CompiledQuery, DialectAdapter, Kysely, QueryResult } from 'kysely'
import { handleOf } from './database.ts'
import type { Database } from './schema.ts'

/** Placeholder for a value supplied on each run. */
export type QueryParameters<P> = <K extends keyof P & string>(name: K) => P[K]

/**
 * A query compiled once per dialect, for queries that run for every message: building one costs more than running it.
 * `build` gets its values by name; everything else in the query is the same on each run.
 */
export function prepared<P extends object, R>(
  build: (db: Kysely<Database>, parameter: QueryParameters<P>) => Compilable<R>,
): (db: Kysely<Database>, values: P) => Promise<QueryResult<R>> {
  const query = preparedRows<P, R>((db, [parameter]) => build(db, parameter))
  return (db, values) => query(db, [values])
}

/** The same for one or more rows written together. Compiled once per row count, so use it for few different counts. */
export function preparedRows<P extends object, R>(
  build: (db: Kysely<Database>, rows: readonly [QueryParameters<P>, ...QueryParameters<P>[]]) => Compilable<R>,
): (db: Kysely<Database>, rows: readonly P[]) => Promise<QueryResult<R>> {
  const compiled = new WeakMap<DialectAdapter, Map<number, Compiled<R>>>()
  return (db, rows) => {
    const { adapter } = db.getExecutor()
    let byCount = compiled.get(adapter)
    if (byCount === undefined) {
      byCount = new Map()
      compiled.set(adapter, byCount)
    }
    let known = byCount.get(rows.length)
    if (known === undefined) {
      const others = rows.slice(1).map((_, index) => parametersOf<P>(index + 1))
      known = withGaps(build(db, [parametersOf<P>(0), ...others]).compile())
      byCount.set(rows.length, known)
    }
    const { query, gaps } = known
    const given = rows as readonly Readonly<Record<string, unknown>>[]
    const parameters = query.parameters.slice()
    for (const { at, row, name } of gaps) parameters[at] = given[row]?.[name]
    return handleOf(db).run<R>({ sql: query.sql, parameters, query: query.query, queryId: query.queryId })
  }
}

interface Compiled<R> {
  readonly query: CompiledQuery<R>
  /** Positions of the values supplied on each run. */
  readonly gaps: readonly { readonly at: number; readonly row: number; readonly name: string }[]
}

function parametersOf<P>(row: number): QueryParameters<P> {
  return (name) => new NamedParameter(row, name) as never
}

function withGaps<R>(query: CompiledQuery<R>): Compiled<R> {
  const gaps = query.parameters.flatMap((value, at) => (value instanceof NamedParameter ? [{ ...value, at }] : []))
  return { query, gaps }
}

/** Whether queries of this handle must run one after the other, in call order. */
export function isTransactional(db: Kysely<Database>): boolean {
  return handleOf(db).isTransactional
}

/** Placeholder value used while a query is compiled. */
class NamedParameter {
  readonly row: number
  readonly name: string

  constructor(row: number, name: string) {
    this.row = row
    this.name = name
  }
}
