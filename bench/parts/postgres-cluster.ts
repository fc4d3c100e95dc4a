import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { findPostgres } from '../../tools/find-programs.mjs'
import { startChild } from './child-process.ts'
import type { Context } from './measure.ts'
import { totalCpuMs } from './process-figures.ts'

/** A PostgreSQL server of the benchmark's own, durable as it is by default, on a Unix socket. */
export interface Cluster {
  /** DATABASE_URL of a database in it. */
  urlOf(database: string): string
  /** CPU time of all its processes so far, ms; null without /proc. */
  cpuMs(): number | null
}

/** The user "nobody": Postgres refuses to run as root. */
const NOBODY = 65_534
const START_LIMIT_MS = 20_000
/** Checkpoints would fall into some runs and not into others. */
const OPTIONS = [
  'listen_addresses=',
  'max_connections=100',
  'shared_buffers=256MB',
  'max_wal_size=8GB',
  'checkpoint_timeout=1h',
]

const COUNTING = ['shared_preload_libraries=pg_stat_statements', 'pg_stat_statements.track_planning=on']

const clusters = new WeakMap<Context, Promise<Cluster>>()

/** The cluster of this run of the benchmark, started when it is first needed. */
export function clusterOf(context: Context): Promise<Cluster> {
  const known = clusters.get(context) ?? startCluster(context)
  clusters.set(context, known)
  return known
}

async function startCluster({ cleanup, dataFolder, options }: Context): Promise<Cluster> {
  const initdb = findPostgres('initdb')
  if (initdb === null) throw new Error('PostgreSQL is missing. Run "npm run bench", which installs it.')
  const owner = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const isRoot = owner.uid !== undefined
  // Beside the SQLite files, unless its user may not go there. The path of a socket must be short.
  if (isRoot) chmodSync(dataFolder, 0o711)
  const mayEnter = !isRoot || spawnSync('test', ['-x', dataFolder], owner).status === 0
  const folder = mkdtempSync(join(mayEnter ? dataFolder : tmpdir(), 'postgres-'))
  const sockets = mkdtempSync(join(tmpdir(), 'bench-pg-'))
  cleanup.add(() => {
    for (const each of [folder, sockets]) rmSync(each, { recursive: true, force: true, maxRetries: 5 })
  })
  if (isRoot) for (const each of [folder, sockets]) chownSync(each, NOBODY, NOBODY)
  const data = join(folder, 'data')
  const made = spawnSync(
    initdb,
    ['--pgdata', data, '--auth=trust', '--username=bench', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...owner, encoding: 'utf8', cwd: folder },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  // Counting statements costs a little, so only a profile does.
  const settings = [...OPTIONS, ...(options.profile === null ? [] : COUNTING)]
  const server = startChild(
    cleanup,
    findPostgres('postgres') ?? 'postgres',
    ['-D', data, '-k', sockets, ...settings.flatMap((option) => ['-c', option])],
    { env: process.env, cwd: folder, ...owner },
  )
  const urlOf = (database: string) => `postgres://bench@/${database}?host=${encodeURIComponent(sockets)}`
  const deadline = performance.now() + START_LIMIT_MS
  for (;;) {
    try {
      await askPostgres(urlOf('postgres'), 'select 1')
      break
    } catch (error) {
      if (performance.now() > deadline || !server.isRunning()) throw new Error(`${error} ${server.words()}`)
    }
    await sleep(20)
  }
  return { urlOf, cpuMs: () => totalCpuMs(server.pid) }
}

/** Runs one statement on a connection of its own. 64-bit integers are numbers. */
export async function askPostgres<R>(url: string, statement: string, values: readonly unknown[] = []): Promise<R[]> {
  const client = await connectPostgres(url)
  return client
    .query(statement, [...values])
    .then(({ rows }) => rows as R[])
    .finally(() => client.end())
}

export async function connectPostgres(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: numbersFirst } })
  // One that the server ends first, as when its database is dropped, is of no interest any more.
  client.on('error', () => {})
  await client.connect()
  return client
}

function numbersFirst(oid: number, format?: 'text' | 'binary') {
  return oid === pg.types.builtins.INT8 || oid === pg.types.builtins.NUMERIC
    ? Number
    : pg.types.getTypeParser(oid, format as 'text')
}
