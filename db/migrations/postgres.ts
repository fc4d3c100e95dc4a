import type { Migration } from 'kysely/migration'
import * as baseline from './017-postgres-baseline.ts'
import * as paceAndPause from './018-pace-and-pause.ts'
import * as wayBack from './019-way-back.ts'
import * as desk from './022-desk.ts'
import * as deskDeliveries from './023-desk-deliveries.ts'
import * as deskActs from './024-desk-acts.ts'
import * as deliveryAttempts from './025-delivery-attempts.ts'
import * as questions from './026-questions.ts'
import * as replies from './027-replies.ts'
import * as answering from './028-answering.ts'
import * as publishing from './029-publishing.ts'

/**
 * Postgres begins with the schema that SQLite has after its first 17 migrations; later migrations are the same for both.
 * Append-only: never edit, reorder or remove a migration that has run anywhere.
 */
export const postgresMigrations: Readonly<Record<string, Migration>> = {
  '017-postgres-baseline': baseline,
  '018-pace-and-pause': paceAndPause,
  '019-way-back': wayBack,
  '022-desk': desk,
  '023-desk-deliveries': deskDeliveries,
  '024-desk-acts': deskActs,
  '025-delivery-attempts': deliveryAttempts,
  '026-questions': questions,
  '027-replies': replies,
  '028-answering': answering,
  '029-publishing': publishing,
}

/** The migration after which an SQLite file has the tables that Postgres has after this one. */
export function sqliteMigrationOf(postgresMigration: string): string {
  return postgresMigration === '017-postgres-baseline' ? '017-course-languages' : postgresMigration
}
