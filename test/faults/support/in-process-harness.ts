import { join } from 'node:path'
import { type App, createApp, type Overrides } from '../../../src/app.ts'
import { runMail } from '../../../src/cli/mail.ts'
import { readConfig } from '../../../src/config.ts'
import type { Delivery } from '../../../src/core/model.ts'
import type { DatabaseLocation } from '../../../src/core/service-urls/database-url.ts'
import type { Clock } from '../../../src/flow/ports/ports.ts'
import type { OpenDatabase } from '../../../src/store/database/database.ts'
import { openDatabase } from '../../../src/store/open-database.ts'
import { createStore } from '../../../src/store/store.ts'
import { freePort } from '../../support/free-port.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { redisAt, relayAt } from '../../support/parse-servers.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { FIXTURE_COURSES } from '../../support/test-app.ts'
import { PREFERENCES } from '../../support/test-store.ts'
import { createVisitor, type Visitor } from '../../support/visitor.ts'
import { createRedisServer, type RedisServer } from './redis-server.ts'
import { type Receiver, startReceiver } from './test-relay.ts'

/** The service in the test's process, with a database file, a redis-server and a test relay that the test may break. */
export interface InProcessHarness {
  readonly dataDir: string
  /** Unless another database was given. */
  readonly databaseFile: string
  readonly redis: RedisServer
  readonly receiver: Receiver
  readonly clock: ManualClock
  readonly visitor: Visitor
  /** The running service; fails if there is none. */
  app(): App
  /** Builds and starts the service: the site and, by default, the worker. */
  start(options?: { worker?: boolean; clock?: Clock; redisUrl?: string; overrides?: Overrides }): Promise<App>
  stop(): Promise<void>
  /**
   * Active enrolments confirmed now, with the lessons of their course planned as on confirmation. `firstDueAt`: with only their
   * first lesson, due then, ms UTC.
   */
  enrol(
    names: readonly string[],
    preferences?: { timeZone?: string; hour?: number; firstDueAt?: (index: number) => number },
  ): Promise<readonly Delivery[]>
  rows(): Promise<readonly Delivery[]>
  /** The output of the operator's command, and its exit status. */
  mail(...args: readonly string[]): Promise<{ text: string; status: number }>
  /** Messages the relay accepted for this name, in order. */
  taken(name: string): readonly string[]
  close(): Promise<void>
}

export const LESSONS = 3

/** A name that is already an address is returned unchanged. */
const addressOf = (name: string) => (name.includes('@') ? name : `${name}@example.test`)

export async function createInProcessHarness(
  options: { start?: string; redis?: boolean; database?: DatabaseLocation } = {},
): Promise<InProcessHarness> {
  const folder = await createTempFolder()
  const redis = createRedisServer(folder.path)
  if (options.redis !== false) await redis.start()
  const receiver = await startReceiver({ keep: () => true })
  const clock = createManualClock(options.start)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const databaseFile = join(folder.path, 'bootcamp.db')
  const location = options.database ?? { sqlite: databaseFile }
  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: process.env.FAULTS_LOG ?? 'silent',
    PORT: String(port),
    PUBLIC_URL: url,
    DATA_DIR: folder.path,
    DATABASE_URL: 'sqlite' in location ? `sqlite:${location.sqlite}` : location.postgres,
    COURSE: 'three-days',
    SIGN_UP_LIMIT: '100000',
  })
  let app: App | null = null
  const running = () => {
    if (!app) throw new Error('The service does not run.')
    return app
  }
  const read = async <T>(work: (database: OpenDatabase) => Promise<T>): Promise<T> => {
    const database = openDatabase(location)
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  }

  return {
    dataDir: folder.path,
    databaseFile,
    redis,
    receiver,
    clock,
    visitor: createVisitor(url),
    app: running,
    async start({ worker = true, clock: other, redisUrl, overrides } = {}) {
      app = await createApp(
        {
          ...config,
          secretKey: 'a secret that only tests know, 0123456789',
          redis: redisAt(redisUrl ?? redis.url),
          smtp: relayAt(receiver.url),
        },
        {
          lessonsDir: FIXTURE_COURSES,
          sweepEveryMs: 100,
          smtpSilenceMs: 2_000,
          random: () => 0,
          ...overrides,
          clock: other ?? clock,
        },
      )
      await app.listen()
      if (worker) await app.startWorker()
      return app
    },
    async stop() {
      await app?.close()
      app = null
    },
    async enrol(names, { firstDueAt, ...preferences } = {}) {
      const { ports } = running()
      const now = ports.clock.now()
      return ports.store.transaction(async (unit) => {
        const rows: Delivery[] = []
        for (const [at, name] of names.entries()) {
          const address = addressOf(name)
          const learner = await unit.learners.ensure({ address, addressKey: `key of ${address}`, now })
          const enrolment = await unit.enrolments.add({
            ...PREFERENCES,
            ...preferences,
            learnerId: learner.id,
            course: 'three-days',
            days: null,
            now,
          })
          const lessons = Array.from({ length: firstDueAt === undefined ? LESSONS : 1 }, (_, index) => ({
            learnerId: learner.id,
            kind: 'lesson' as const,
            enrolmentId: enrolment.id,
            signUpId: null,
            day: index + 1,
            dueAt: firstDueAt?.(at) ?? ports.calendar.dueAt(enrolment, index + 1),
          }))
          rows.push(...(await unit.deliveries.plan(lessons, now)))
        }
        return rows
      })
    },
    rows: () =>
      read(async (database) => {
        const { deliveries } = createStore(database)
        const { db } = database
        const ids = await db.selectFrom('delivery').select('id').orderBy('id').execute()
        return (await Promise.all(ids.map(({ id }) => deliveries.byId(id)))).filter((row) => row !== null)
      }),
    mail: (...args) => runMail(running().ports, args),
    taken: (name) =>
      receiver.taken.filter((message) => message.to === addressOf(name)).map((message) => message.messageId),
    async close() {
      await app?.close()
      await receiver.close()
      await redis.close()
      await folder.remove()
    },
  }
}
