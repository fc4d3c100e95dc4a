import { afterAll, beforeAll, expect, test } from '@jest/globals'
import Sqlite from 'better-sqlite3'
import { type KyselyPlugin, type RootOperationNode, SqliteQueryCompiler } from 'kysely'
import type { ClaimRequest, Deliveries } from '../../../src/flow/ports/delivery-ports.ts'
import { setQueryHandle } from '../../../src/store/database/database.ts'
import { sqliteEngine } from '../../../src/store/sqlite/sqlite-engine.ts'
import { createStore } from '../../../src/store/store.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'

let parts: TestStore
beforeAll(async () => {
  parts = await createTestStore()
})
afterAll(() => parts.close())

const NOW = 1_800_000_000_000

const CLAIM: ClaimRequest = {
  now: NOW,
  leaseUntil: NOW + 1,
  owner: 'worker',
  messageId: 'm@test',
  day: { start: NOW - 5, end: NOW + 5 },
}

/** What runs again and again however many lessons were ever sent: its cost must not grow with them. */
const QUESTIONS: Readonly<Record<string, (deliveries: Deliveries) => Promise<unknown>>> = {
  due: (deliveries) => deliveries.due(NOW, 500),
  oldestDue: (deliveries) => deliveries.oldestDue(NOW),
  'upcoming, first page': (deliveries) => deliveries.upcoming({ start: NOW, end: NOW + 1_000 }, null, 1_000),
  'upcoming, next page': (deliveries) => deliveries.upcoming({ start: 0, end: NOW }, { dueAt: 5, id: 3 }, 1_000),
  expireHandovers: (deliveries) => deliveries.expireHandovers(NOW, NOW + 1),
  owners: (deliveries) => deliveries.owners(),
  releaseOwners: (deliveries) => deliveries.releaseOwners(['a', 'b'], NOW),
  unconfirmed: (deliveries) => deliveries.unconfirmed(100),
  byId: (deliveries) => deliveries.byId(1),
  claim: (deliveries) => deliveries.claim(1, CLAIM),
  'claim, many in one turn': (deliveries) => Promise.all([1, 2, 3].map((id) => deliveries.claim(id, CLAIM))),
  markHandedOver: (deliveries) => deliveries.markHandedOver(1, 1, NOW),
  settle: (deliveries) => deliveries.settle(1, 1, { state: 'sent', reply: '250' }, NOW),
  renew: (deliveries) => deliveries.renew(1, 1, NOW, NOW + 1),
  ofEnrolment: (deliveries) => deliveries.ofEnrolment(1),
  ofLearner: (deliveries) => deliveries.ofLearner(1),
  cancelEnrolment: (deliveries) => deliveries.cancelEnrolment(1, NOW),
}

/** What reads many rows that lie far apart: from the index alone. */
const COVERED = ['due', 'oldestDue', 'upcoming, first page', 'upcoming, next page']

test.each(Object.keys(QUESTIONS))('%s reads an index, never the whole table', async (name) => {
  for (const { sql, steps } of await plansOf(name)) {
    const scans = steps.filter((step) => /^SCAN (delivery|other)(?! USING)/.test(step))
    expect({ sql, scans }).toEqual({ sql, scans: [] })
  }
})

test.each(COVERED)('%s reads what is due from the index alone', async (name) => {
  const steps = (await plansOf(name)).flatMap((plan) => plan.steps).filter((step) => step.includes('delivery_due'))
  expect(steps).not.toHaveLength(0)
  for (const step of steps) expect(step).toContain('COVERING INDEX')
})

/** What a question asks of the database, and how SQLite would find it. */
async function plansOf(name: string): Promise<readonly { readonly sql: string; readonly steps: readonly string[] }[]> {
  const asked: RootOperationNode[] = []
  const listen: KyselyPlugin = {
    transformQuery: ({ node }) => {
      asked.push(node)
      return node
    },
    transformResult: async ({ result }) => result,
  }
  const db = parts.database.db.withPlugin(listen)
  setQueryHandle(db, { engine: sqliteEngine, run: (query) => db.executeQuery(query) as never, isTransactional: false })
  const { deliveries } = createStore({ ...parts.database, db })
  await QUESTIONS[name]?.(deliveries)
  expect(asked).not.toHaveLength(0)

  const file = new Sqlite(parts.file, { readonly: true })
  const plans = asked.map((node) => {
    const { sql, parameters } = new SqliteQueryCompiler().compileQuery(node, { queryId: 'plan' })
    // Values do not change a plan here; placeholders of prepared queries have none yet.
    const values = parameters.map((value) => (typeof value === 'object' && value !== null ? null : value))
    const steps = file.prepare(`explain query plan ${sql}`).all(...values) as { detail: string }[]
    return { sql, steps: steps.map(({ detail }) => detail) }
  })
  file.close()
  return plans
}
