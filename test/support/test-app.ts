import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type App, createApp, type Overrides } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { type Content, loadContent } from '../../src/content/load-content.ts'
import type { RedisServer } from '../../src/core/service-urls/redis-url.ts'
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/local/embedded-redis.ts'
import { writeMigratedFile } from './database/migrated-file.ts'
import { freePort } from './free-port.ts'
import { type MailServer, startMailServer } from './mail-server.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { relayAt } from './parse-servers.ts'
import { createTempFolder } from './temp-folder.ts'

/**
 * The whole service with real parts: SQLite file, redis-server, SMTP server, HTTP. Only the clock is controlled by the
 * test.
 */
export interface TestApp {
  /** The running service; a new one after a restart. */
  readonly app: App
  readonly clock: ManualClock
  readonly mail: MailServer
  /** The Redis of this service alone. Throws unless `ownRedis` asked for one. */
  readonly redis: EmbeddedRedis
  readonly dataDir: string
  /** URL of the running site. */
  readonly url: string
  /** Closes the service and builds it again with the same data, Redis and port. */
  restart(): Promise<void>
  close(): Promise<void>
}

export interface TestAppOptions {
  readonly start?: string
  readonly env?: Readonly<Record<string, string>>
  /** Used instead of the Redis that all tests share. */
  readonly redis?: RedisServer
  /** A Redis to look into, or to stop; starting and stopping it takes a sixth of a second. */
  readonly ownRedis?: boolean
  /** Path of PUBLIC_URL, such as `/kurs`. */
  readonly path?: string
  readonly overrides?: Omit<Overrides, 'clock'>
  /** Sends due deliveries without being asked; it sweeps ten times a second, so that a moved clock is noticed. */
  readonly worker?: boolean
}

export const FIXTURE_COURSES = fileURLToPath(new URL('../fixtures/courses', import.meta.url))

/** Of the project's own courses and of the fixtures. No test changes them, so each worker reads them once. */
const contents = new Map<string, Promise<Content>>()

function contentFor({ lessonsDir = folderOf('lessons'), emailsDir }: Overrides): Promise<Content> | null {
  const isOwn = lessonsDir === folderOf('lessons') || lessonsDir === FIXTURE_COURSES
  if (!isOwn || emailsDir !== undefined) return null
  const content = contents.get(lessonsDir) ?? loadContent({ lessonsDir, emailsDir: folderOf('emails') })
  contents.set(lessonsDir, content)
  return content
}

const folderOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))

/** Path of the socket of the Redis that tools/jest/shared-redis.mjs has started. */
function sharedRedis(): string {
  const socket = process.env.TEST_REDIS
  if (socket === undefined) throw new Error('Run the tests with Jest, which starts their Redis.')
  return socket
}

export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const folder = await createTempFolder()
  const redis = options.ownRedis ? await startEmbeddedRedis({ dataDir: folder.path }) : null
  const mail = await startMailServer()
  const clock = createManualClock(options.start)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}${options.path ?? ''}`
  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    PORT: String(port),
    PUBLIC_URL: url,
    DATA_DIR: folder.path,
    SIGN_UP_LIMIT: '100000',
    ...options.env,
  })
  if (options.env?.DATABASE_URL === undefined) await writeMigratedFile(join(folder.path, 'bootcamp.db'))
  const run = async (): Promise<App> => {
    const content = await contentFor(options.overrides ?? {})
    const app = await createApp(
      {
        ...config,
        secretKey: 'a secret that only tests know, 0123456789',
        redis: options.redis ?? redis?.server ?? { socket: sharedRedis() },
        smtp: relayAt(mail.url),
      },
      {
        sweepEveryMs: 100,
        worker: 'test/1/1',
        // test/flow/delivery/check-emails.test.ts already builds every email of the courses once.
        checkEmails: false,
        ...(content !== null && { content }),
        ...options.overrides,
        clock,
      },
    )
    await app.listen()
    if (options.worker) await app.startWorker()
    return app
  }
  const closeParts = async () => {
    await mail.close()
    await redis?.stop()
    await folder.remove()
  }
  let app = await run().catch(async (error: unknown) => {
    await closeParts()
    throw error
  })
  return {
    get app() {
      return app
    },
    clock,
    mail,
    get redis() {
      if (redis === null) throw new Error('This service shares its Redis. Ask for one of its own: ownRedis.')
      return redis
    },
    dataDir: folder.path,
    url,
    async restart() {
      await app.close()
      app = await run()
    },
    async close() {
      await app.close()
      await closeParts()
    },
  }
}
