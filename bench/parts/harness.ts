import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedRedis } from '../../src/local/embedded-redis.ts'
import { freePort } from '../../test/support/free-port.ts'
import { serviceEnvironment } from '../../tools/service-environment.mjs'
import type { SigningName } from '../options.ts'
import { type BenchDatabase, sqliteDatabase } from './bench-database.ts'
import { type Child, startChild } from './child-process.ts'
import type { Cleanup } from './cleanup.ts'
import { SECRET } from './seed.ts'

const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)))

/** Prefix of all keys in its Redis. */
export const QUEUE_PREFIX = 'bench'

/** The environment of a run: a folder, its own redis-server, and the settings an operator would use. */
export interface BenchHarness {
  readonly folder: string
  readonly database: BenchDatabase
  readonly redisUrl: string
  readonly redisPid: () => number
  /** Starts an entry point of the service, or a script with the same settings. */
  start(script: string, settings?: Readonly<Record<string, string>>, nodeOptions?: readonly string[]): Child
}

export interface HarnessOptions {
  /** Parent folder of this run's folder. */
  readonly dataFolder: string
  /** Default: a new SQLite file in this run's folder. */
  readonly database?: BenchDatabase
  readonly smtpPort: number
  readonly settings: Readonly<Record<string, string>>
  readonly signing?: SigningName
}

/** `cleanup` removes the folder and stops its processes. */
export async function createBenchHarness(cleanup: Cleanup, options: HarnessOptions): Promise<BenchHarness> {
  const folder = await mkdtemp(join(options.dataFolder, 'run-'))
  cleanup.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const redis = await startEmbeddedRedis({ dataDir: folder })
  cleanup.add(() => redis.stop())
  const database = options.database ?? sqliteDatabase(join(folder, 'bootcamp.db'))
  const settings: Record<string, string> = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    PUBLIC_URL: 'https://course.example',
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    QUEUE_PREFIX,
    SMTP_URL: `smtp://127.0.0.1:${options.smtpPort}`,
    SECRET_KEY: SECRET,
    MAIL_FROM: 'Steady Week <course@course.example>',
    MAIL_ADDRESS: '1 Example Street, 12345 Example Town',
    COURSE: 'steady-week',
    SIGN_UP_LIMIT: '100000000',
    ...(await signingSettings(folder, options.signing ?? 'none')),
    ...options.settings,
  }
  return {
    folder,
    database,
    redisUrl: redis.url,
    redisPid: () => redis.pid(),
    start: (script, more = {}, nodeOptions = []) =>
      startChild(
        cleanup,
        process.execPath,
        ['--disable-warning=ExperimentalWarning', ...nodeOptions, resolve(ROOT, script)],
        // Outside the project's folder, so that its .env is not read.
        { env: serviceEnvironment({ PATH: process.env.PATH, ...settings, ...more }), cwd: folder },
      ),
  }
}

/** A free address for a web process. */
export async function webAddress(): Promise<{ readonly port: number; readonly url: string }> {
  const port = await freePort()
  return { port, url: `http://127.0.0.1:${port}` }
}

async function signingSettings(folder: string, signing: SigningName): Promise<Record<string, string>> {
  if (signing === 'none') return {}
  const { privateKey } =
    signing === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
  const file = join(folder, `${signing}.pem`)
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  return { DKIM_DOMAIN: 'course.example', DKIM_SELECTOR: 'bench', DKIM_KEY_FILE: file }
}
