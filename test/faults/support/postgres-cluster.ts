import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openPostgres } from '../../../src/store/postgres/open-postgres.ts'
import { findPostgres } from '../../../tools/find-programs.mjs'
import { waitFor } from '../../support/wait-for.ts'

/** The user "nobody": Postgres refuses to run as root. */
const NOBODY = 65_534
const USER = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
const STARTS_IN_MS = 30_000

/** A PostgreSQL server that a trial may break. Reachable by a Unix socket alone. */
export interface PostgresCluster {
  /** Path of its socket. */
  readonly socket: string
  /** DATABASE_URL of the database `course`. */
  readonly url: string
  /** The folder of its socket, as in DATABASE_URL. */
  readonly folder: string
  /** Starts it, again after it was ended; resolves once it answers. */
  start(): Promise<void>
  /** SIGKILL to the server and all its processes. */
  kill(): Promise<void>
  /** Ends at once without a checkpoint, as `pg_ctl stop -m immediate`. */
  stopImmediately(): Promise<void>
  /** One statement as the superuser, in that database unless another is named. */
  query<R extends pg.QueryResultRow>(statement: string, database?: string): Promise<readonly R[]>
  /** Takes every connection that is left or becomes free, until it is released. Those of the service are ended. */
  holdConnections(): Promise<{ release(): Promise<void> }>
  /** The end of what the server has logged. */
  words(): string
  /** A running copy that follows it by streaming replication. */
  addStandby(): Promise<PostgresCluster>
  close(): Promise<void>
}

export interface ClusterOptions {
  /** Settings of postgresql.conf. Files are flushed to the disk unless one says otherwise. */
  readonly settings?: readonly string[]
  /** Where the data is; default: a folder of its own. */
  readonly data?: string
  /** Leaves the database empty, for another version to migrate; default: this one migrates it. */
  readonly empty?: boolean
}

/** A new cluster with a migrated database, running. */
export async function createCluster(options: ClusterOptions = {}): Promise<PostgresCluster> {
  const cluster = clusterIn(ownFolder(), options)
  try {
    const authentication = ['--auth=trust', '--username=tests', '--encoding=UTF8', '--locale=C', '--no-sync']
    runProgram('initdb', ['--pgdata', cluster.data, ...authentication])
    await cluster.start()
    // The service is no superuser, which has connections of its own.
    await cluster.query('create role course login', 'postgres')
    await cluster.query('create role guest login', 'postgres')
    await cluster.query('create database course owner course', 'postgres')
    if (options.empty) return cluster
    const database = openPostgres({ url: cluster.url, connections: 1 })
    await database.migrate()
    await database.close()
    return cluster
  } catch (error) {
    await cluster.close()
    throw error
  }
}

function clusterIn(folder: string, options: ClusterOptions): PostgresCluster & { readonly data: string } {
  const data = options.data ?? join(folder, 'data')
  const { settings = [] } = options
  let server: ChildProcess | null = null
  let words = ''
  const host = `host=${encodeURIComponent(folder)}`
  const url = `postgres://course@/course?${host}`

  const end = async (signal: 'SIGKILL' | 'SIGQUIT' | 'SIGINT') => {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    // Its processes have sessions of their own, and would go on for a moment.
    const family = signal === 'SIGKILL' ? childrenOf(server.pid as number) : []
    server.kill(signal)
    for (const pid of family) process.kill(pid, 'SIGKILL')
    await ended
  }
  const query: PostgresCluster['query'] = async <R extends pg.QueryResultRow>(
    statement: string,
    database = 'course',
  ) => {
    const client = new pg.Client({ connectionString: `postgres://tests@/${database}?${host}` })
    client.on('error', () => {})
    await client.connect()
    return (await client.query<R>(statement).finally(() => client.end())).rows
  }

  return {
    data,
    folder,
    url,
    socket: join(folder, '.s.PGSQL.5432'),
    query,
    async start() {
      const all = ['listen_addresses=', 'shared_buffers=32MB', 'max_connections=60', 'max_wal_senders=3', ...settings]
      const child = spawn(
        findPostgres('postgres') ?? 'postgres',
        ['-D', data, '-k', folder, ...all.flatMap((one) => ['-c', one])],
        { ...USER, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
      )
      server = child
      child.stderr?.on('data', (chunk: Buffer) => {
        words = (words + chunk).slice(-4_000)
      })
      await waitFor(
        async () => {
          if (child.exitCode !== null) throw new Error(`PostgreSQL ended: ${words}`)
          return query('select 1', 'postgres').then(
            () => true,
            () => false,
          )
        },
        () => `PostgreSQL to answer; it said: ${words}`,
        STARTS_IN_MS,
      )
    },
    words: () => words,
    async holdConnections() {
      const held: pg.Client[] = []
      const take = async () => {
        const client = new pg.Client({ connectionString: `postgres://guest@/postgres?${host}` })
        client.on('error', () => {})
        await client.connect()
        held.push(client)
      }
      const takeAll = async () => {
        for (;;)
          if (
            !(await take().then(
              () => true,
              () => false,
            ))
          )
            return
      }
      await takeAll()
      await query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'email-course'")
      await takeAll()
      return { release: async () => void (await Promise.all(held.map((client) => client.end()))) }
    },
    kill: () => end('SIGKILL'),
    stopImmediately: () => end('SIGQUIT'),
    async addStandby() {
      const place = ownFolder()
      const standby = clusterIn(place, { settings })
      runProgram('pg_basebackup', ['-h', folder, '-U', 'tests', '-D', standby.data, '-R', '-X', 'stream', '-c', 'fast'])
      await standby.start()
      return standby
    },
    async close() {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bootcamp-pg-'))
  if (USER.uid !== undefined) chownSync(folder, USER.uid, USER.gid)
  return folder
}

function runProgram(name: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(findPostgres(name) ?? name, args, { ...USER, cwd: tmpdir(), encoding: 'utf8' })
  if (status !== 0) throw new Error(`${name} failed: ${stderr}`)
}

function childrenOf(parent: number): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    try {
      // The name in parentheses may have spaces.
      return Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ')[1]) === parent
    } catch {
      return false
    }
  })
}
