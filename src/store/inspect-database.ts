import type { DatabaseLocation } from '../core/service-urls/database-url.ts'
import { countReportsSetAsideIn, postgresProblem } from './postgres/inspect-postgres.ts'
import { countReportsSetAside as countInFile } from './sqlite/count-reports-set-aside.ts'
import { databaseProblem as fileProblem } from './sqlite/database-file.ts'

/**
 * Why this cannot be the database, in one sentence with the fix; null if it can. `connections`: as many as each process makes to
 * Postgres. Changes nothing.
 */
export async function databaseProblem(location: DatabaseLocation, connections: number): Promise<string | null> {
  return 'sqlite' in location ? fileProblem(location.sqlite) : postgresProblem(location.postgres, connections)
}

/** How many reports were set aside, without starting or migrating anything; null if there is no database yet. */
export async function countReportsSetAside(location: DatabaseLocation): Promise<number | null> {
  return 'sqlite' in location ? countInFile(location.sqlite) : countReportsSetAsideIn(location.postgres)
}
