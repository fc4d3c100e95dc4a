/** Names of prepared statements. Those of one generation are given up together. */
export interface StatementNames {
  /** A name for this text, the same on every connection. */
  of(sql: string): string
  /** Gives up the name with all others of its generation, so that each statement is prepared anew. */
  renew(name: string): void
}

/** `sql` comes from queries that are compiled once, so the names are few. */
export function createStatementNames(): StatementNames {
  let generation = 1
  let names = new Map<string, string>()
  const prefixOf = (of: number) => `course-${of}-`
  return {
    of(sql) {
      const known = names.get(sql)
      if (known !== undefined) return known
      const name = `${prefixOf(generation)}${names.size + 1}`
      names.set(sql, name)
      return name
    },
    renew(name) {
      if (!name.startsWith(prefixOf(generation))) return
      generation += 1
      names = new Map()
    },
  }
}
