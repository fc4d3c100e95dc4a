import type { Delivery } from '../../../src/core/model.ts'
import type { Store } from '../../../src/flow/ports/store-ports.ts'
import { type EmbeddedRedis, startEmbeddedRedis } from '../../../src/local/embedded-redis.ts'
import { connectRedis } from '../../../src/queue/redis.ts'
import { createWakeUps } from '../../../src/queue/wake-ups.ts'
import { toDelivery } from '../../../src/store/database/rows.ts'
import { freePort } from '../../support/free-port.ts'
import { redisAt } from '../../support/parse-servers.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { FIXTURE_COURSES } from '../../support/test-app.ts'
import { createTestStore, PREFERENCES, postgresStore } from '../../support/test-store.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type Role, type Service, spawnService } from './service.ts'
import { type Receiver, type ReceiverOptions, startReceiver } from './test-relay.ts'

export const SECRET = 'a secret that only tests know, 0123456789'
export const COURSE = 'three-days'

/** The parts of a trial: a database, a redis-server, a test relay, and any number of service processes. */
export interface MultiProcessHarness {
  readonly dataDir: string
  /** The file of an SQLite database. Throws on Postgres. */
  readonly databaseFile: string
  readonly redis: EmbeddedRedis
  readonly receiver: Receiver
  /** The test's own connection to the same database. */
  readonly store: Store
  /** URL of the site, if one is running. */
  readonly url: string
  /** Spawns a process that has loaded everything and waits for `start`. */
  spawn(env?: Readonly<Record<string, string>>): Service
  /** Spawns a process and starts it. */
  run(role: Role, env?: Readonly<Record<string, string>>): Promise<Service>
  /** Creates active enrolments with their lessons; returns the lessons. */
  seed(count: number, options?: SeedOptions): Promise<readonly Delivery[]>
  /** The current rows. */
  rows(of: readonly { readonly id: number }[]): Promise<readonly Delivery[]>
  /** Every existing row. */
  all(): Promise<readonly Delivery[]>
  waitForState(id: number, state: string, limitMs?: number): Promise<Delivery>
  /**
   * Stops the process while it holds no database lock. A frozen lock would stop everyone, which is a different fault.
   */
  freezeUnlocked(service: Service): Promise<void>
  close(): Promise<void>
}

export interface SeedOptions {
  /** When the first lesson is due, ms UTC; default: now. */
  readonly dueAt?: number
  /** Lessons per enrolment, one day apart; default: one. */
  readonly days?: number
  /** Whether to queue wake-up jobs; default: yes. */
  readonly wakeUps?: boolean
}

const DAY_MS = 86_400_000

/** Prefix of every Redis key. */
export const QUEUE_PREFIX = 'faults'

export async function createMultiProcessHarness(
  options: {
    receiver?: ReceiverOptions
    env?: Readonly<Record<string, string>>
    /** DATABASE_URL of a migrated Postgres database; default: a database of its own. */
    postgres?: string
  } = {},
): Promise<MultiProcessHarness> {
  const folder = await createTempFolder()
  const redis = await startEmbeddedRedis({ dataDir: folder.path })
  const receiver = await startReceiver(options.receiver)
  const stored = options.postgres === undefined ? await createTestStore() : postgresStore(options.postgres)
  const { database, store } = stored
  const queue = connectRedis(redisAt(redis.url))
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const wakeUps = createWakeUps(queue, {
    clock: { now: () => Date.now() },
    log: silent,
    horizonMs: 86_400_000,
    prefix: QUEUE_PREFIX,
  })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const services = new Set<Service>()
  let seeded = 0

  const spawn: MultiProcessHarness['spawn'] = (env = {}) => {
    const service = spawnService({
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_DIR: folder.path,
      DATABASE_URL: stored.url,
      COURSE,
      REDIS_URL: redis.url,
      QUEUE_PREFIX,
      SMTP_URL: receiver.url,
      SIGN_UP_LIMIT: '100000',
      FAULT_SECRET: SECRET,
      FAULT_LESSONS: FIXTURE_COURSES,
      ...options.env,
      ...env,
    })
    services.add(service)
    return service
  }

  const all: MultiProcessHarness['all'] = async () => {
    const rows = await database.db.selectFrom('delivery').selectAll().orderBy('id').execute()
    return rows.map(toDelivery)
  }

  return {
    dataDir: folder.path,
    get databaseFile() {
      return stored.file
    },
    redis,
    receiver,
    store,
    url,
    spawn,
    async run(role, env) {
      const service = spawn(env)
      await service.start(role)
      return service
    },
    async seed(count, { dueAt = Date.now(), days = 1, wakeUps: wake = true } = {}) {
      const planned = await store.transaction(async (unit) => {
        const rows: Delivery[] = []
        for (let index = 0; index < count; index += 1) {
          seeded += 1
          const address = `learner-${seeded}@d${seeded % 4}.example`
          const learner = await unit.learners.ensure({ address, addressKey: `key of ${address}`, now: dueAt })
          const enrolment = await unit.enrolments.add({
            ...PREFERENCES,
            learnerId: learner.id,
            course: COURSE,
            days: null,
            now: dueAt,
          })
          const lesson = { learnerId: learner.id, kind: 'lesson' as const, enrolmentId: enrolment.id }
          const lessons = Array.from({ length: days }, (_, day) => ({
            ...lesson,
            signUpId: null,
            day: day + 1,
            dueAt: dueAt + day * DAY_MS,
          }))
          rows.push(...(await unit.deliveries.plan(lessons, dueAt)))
        }
        return rows
      })
      if (wake) await wakeUps.plan(planned)
      return planned
    },
    async rows(of) {
      const ids = new Set(of.map(({ id }) => id))
      return (await all()).filter((row) => ids.has(row.id))
    },
    all,
    async waitForState(id, state, limitMs = 6_000) {
      let row: Delivery | null = null
      await waitFor(
        async () => {
          row = await store.deliveries.byId(id)
          return row?.state === state
        },
        () => `delivery ${id} to be ${state}; it is ${row?.state}: ${row?.reply}`,
        limitMs,
      )
      return row as unknown as Delivery
    },
    async freezeUnlocked(service) {
      for (;;) {
        service.freeze()
        // SQLite waits briefly before it reports that another process holds the lock.
        const isFree = await store.transaction(async () => true).catch(() => false)
        if (isFree) return
        service.thaw()
      }
    },
    async close() {
      await Promise.all([...services].map((service) => service.kill()))
      await wakeUps.close()
      queue.disconnect()
      await receiver.close()
      await stored.close()
      await redis.stop()
      await folder.remove()
    },
  }
}

/** Checks only four times a second, for conditions that are expensive to check. */
export async function waitWithPauses(
  condition: () => Promise<boolean>,
  sentence: string | (() => string),
  limitMs: number,
): Promise<void> {
  let lookAgainAt = 0
  await waitFor(
    async () => {
      if (performance.now() < lookAgainAt) return false
      lookAgainAt = performance.now() + 250
      return condition()
    },
    sentence,
    limitMs,
  )
}
