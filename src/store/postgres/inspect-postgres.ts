import type pg from 'pg'
import { passingSentence } from './postgres-errors.ts'
import { primaryClient } from './primary-client.ts'

const TIMEOUT_MS = 5_000
/** The oldest version that the tests run on. */
const OLDEST = 150_000
/** Leases and days follow the clocks of the workers, which may differ by half a minute. */
const CLOCKS_MS = 30_000

interface Server {
  readonly version: number
  readonly may: boolean
  /** Connections that users may make. */
  readonly slots: number
  readonly fsync: string
  readonly commit: string
  /** ms UTC. */
  readonly clock: number
}

/**
 * Why this cannot be the database, in one sentence with the fix that names no password; null if it can. `connections`: as many
 * as each process makes. Changes nothing.
 */
export async function postgresProblem(url: string, connections: number): Promise<string | null> {
  try {
    const [server] = await ask<Server>(
      url,
      `select current_setting('server_version_num')::int as version,
        has_schema_privilege(current_schema(), 'create') as may,
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as slots,
        current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
        (extract(epoch from clock_timestamp()) * 1000)::float8 as clock`,
    )
    return server === undefined ? 'DATABASE_URL: PostgreSQL gave no answer.' : serverProblem(server, connections)
  } catch (error) {
    return connectionProblem(error)
  }
}

function serverProblem({ version, may, slots, fsync, commit, clock }: Server, connections: number): string | null {
  if (version < OLDEST) return 'DATABASE_URL: this PostgreSQL is older than 15. Use 15 or later.'
  if (!may)
    return 'DATABASE_URL: this user may not create tables. Make it the owner of the database: alter database ... owner to ...'
  if (fsync !== 'on' || commit === 'off')
    return 'PostgreSQL may lose what it has confirmed (fsync or synchronous_commit is off): lessons could come twice, and sign-ups be lost. Set both to on.'
  if (slots < connections)
    return `PostgreSQL has ${slots} connections for users, and each process makes up to ${connections}. Lower DATABASE_CONNECTIONS, or raise max_connections.`
  const apart = Math.round(Math.abs(clock - Date.now()) / 1_000)
  return apart * 1_000 > CLOCKS_MS
    ? `The clocks of this machine and of PostgreSQL differ by ${apart} s. Set both by a time service (NTP).`
    : null
}

/** How many reports were set aside; null if the database has no such table yet. Rejects if it cannot be reached. */
export async function countReportsSetAsideIn(url: string): Promise<number | null> {
  const [table] = await ask<{ name: string | null }>(url, `select to_regclass('mail_event')::text as name`)
  if (table?.name == null) return null
  const [row] = await ask<{ n: string }>(
    url,
    'select count(*) as n from mail_event where applied_at is null and set_aside_at is not null',
  )
  return Number(row?.n)
}

async function ask<R extends pg.QueryResultRow>(url: string, query: string): Promise<readonly R[]> {
  const Client = primaryClient(url)
  const client = new Client({
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  })
  try {
    await client.connect()
    return (await client.query<R>(query)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** Why a connection was refused. `setting` names where the address is from. */
export function connectionProblem(error: unknown, setting = 'DATABASE_URL'): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  switch (code) {
    case '28P01':
    case '28000':
      return `${setting}: PostgreSQL refused the user or password. Correct them; percent-encode special characters.`
    case '3D000':
      return `${setting}: PostgreSQL has no database of this name. Create it (createdb), or correct the name.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${setting}: the host name is unknown. Correct it.`
    case '25006':
    case '53300':
    case '57P03':
      return `${setting}: ${passingSentence(error)}`
    default:
      return `${setting}: PostgreSQL cannot be reached (${code || 'no answer'}). Start it, or correct host, port and sslmode.`
  }
}
