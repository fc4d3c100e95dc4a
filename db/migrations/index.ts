import type { Migration } from 'kysely/migration'
import * as first from './001-enrolments-and-deliveries.ts'

/** Append only: a migration that has run anywhere is never edited, reordered or removed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-enrolments-and-deliveries': first,
}
