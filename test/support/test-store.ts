import { join } from 'node:path'
import type { Delivery, Preferences } from '../../src/core/model.ts'
import type { Store } from '../../src/flow/ports/store-ports.ts'
import { type OpenDatabase, openSqlite } from '../../src/store/database/database.ts'
import { createStore } from '../../src/store/store.ts'
import { createTempFolder } from './temp-folder.ts'

export interface TestStore {
  readonly database: OpenDatabase
  readonly store: Store
  readonly file: string
  close(): Promise<void>
}

/** A migrated SQLite file, opened in the same way as by the service. */
export async function createTestStore(): Promise<TestStore> {
  const folder = await createTempFolder()
  const file = join(folder.path, 'test.db')
  const database = openSqlite(file)
  await database.migrate()
  return {
    database,
    store: createStore(database),
    file,
    async close() {
      await database.close()
      await folder.remove()
    },
  }
}

export const PREFERENCES: Preferences = {
  name: 'Ada',
  timeZone: 'Europe/Berlin',
  hour: 7,
  discreet: false,
  webOnly: false,
  shortEmails: false,
  language: null,
  pace: 'daily' as const,
}

/** An active enrolment with `days` planned deliveries, one second apart, starting at `now`. */
export async function enrolForTest(store: Store, options: { now: number; days: number; address?: string }) {
  const address = options.address ?? 'ada@example.test'
  const learner = await store.learners.ensure({ address, addressKey: `key of ${address}`, now: options.now })
  const enrolment = await store.enrolments.add({
    ...PREFERENCES,
    learnerId: learner.id,
    course: 'three-days',
    now: options.now,
  })
  const deliveries: readonly Delivery[] = await store.deliveries.plan(
    Array.from({ length: options.days }, (_, index) => ({
      learnerId: learner.id,
      kind: 'lesson' as const,
      enrolmentId: enrolment.id,
      signUpId: null,
      day: index + 1,
      dueAt: options.now + index * 1_000,
    })),
    options.now,
  )
  return { learner, enrolment, deliveries }
}
