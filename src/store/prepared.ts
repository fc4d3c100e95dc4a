import type { Compilable, CompiledQuery, DialectAdapter, Kysely, QueryResult } from 'kysely'
import type { Database } from './schema.ts'

/** Stands for a value that each run brings. */
export type Parameters<P> = <K extends keyof P & string>(name: K) => P[K]

/**
 * A query built and compiled once for each dialect, for what runs with every message: building one anew costs more than
 * running it. `build` asks for its values by name; what else it writes down is the same in every run.
 */
export function prepared<P extends object, R>(
  build: (db: Kysely<Database>, parameter: Parameters<P>) => Compilable<R>,
): (db: Kysely<Database>, values: P) => Promise<QueryResult<R>> {
  const compiled = new WeakMap<DialectAdapter, CompiledQuery<R>>()
  return (db, values) => {
    const { adapter } = db.getExecutor()
    let query = compiled.get(adapter)
    if (query === undefined) {
      query = build(db, (name) => new Named(name) as never).compile()
      compiled.set(adapter, query)
    }
    const given = values as Readonly<Record<string, unknown>>
    const parameters = query.parameters.map((value) => (value instanceof Named ? given[value.name] : value))
    return db.executeQuery({ ...query, parameters })
  }
}

/** What a query holds in a value's place while it is compiled. */
class Named {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}
