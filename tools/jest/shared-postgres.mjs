// With TEST_DATABASE=postgres the tests of the store run on Postgres. One cluster starts with the run, and ends with it; each
// test has a database of its own, copied from a migrated one.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openPostgres } from '../../src/store/postgres/open-postgres.ts'
import { findPostgres } from '../find-programs.mjs'

/** The user "nobody": Postgres refuses to run as root. */
const NOBODY = 65_534
const PATIENCE_MS = 20_000

let folder
let server

export async function start() {
  folder = mkdtempSync(join(tmpdir(), 'bootcamp-pg-'))
  const user = process.getuid() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  if (user.uid !== undefined) chownSync(folder, NOBODY, NOBODY)
  const data = join(folder, 'data')
  const setUp = spawnSync(
    findPostgres('initdb'),
    ['--pgdata', data, '--auth=trust', '--username=tests', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...user, encoding: 'utf8', cwd: folder },
  )
  if (setUp.status !== 0) throw new Error(`initdb failed: ${setUp.stderr}`)
  const options = [
    'listen_addresses=',
    'fsync=off',
    'full_page_writes=off',
    'max_connections=200',
    'shared_buffers=64MB',
  ]
  server = spawn(findPostgres('postgres'), ['-D', data, '-k', folder, ...options.flatMap((option) => ['-c', option])], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  })
  const host = `host=${encodeURIComponent(folder)}`
  const admin = `postgres://tests@/postgres?${host}`
  await ready(admin)
  await query(admin, 'create database migrated')
  const database = openPostgres({ url: `postgres://tests@/migrated?${host}` })
  await database.migrate()
  await database.close()
  // Workers are started later and inherit it.
  process.env.TEST_POSTGRES = admin
}

export async function stop() {
  if (server === undefined) return
  const ended = once(server, 'exit')
  // SIGINT: the fast shutdown, which disconnects clients.
  server.kill('SIGINT')
  await ended
  // A test file that has started it may share this module with the end of the run.
  server = undefined
  rmSync(folder, { recursive: true, force: true })
}

async function ready(url) {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      return await query(url, 'select 1')
    } catch (error) {
      if (Date.now() > end || server.exitCode !== null) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function query(url, sql) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
