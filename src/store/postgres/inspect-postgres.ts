import pg from 'pg'

const TIMEOUT_MS = 5_000
/** The oldest version that the tests run on. */
const OLDEST = 150_000

/** Why this cannot be the database, in one sentence with the fix that names no password; null if it can. Changes nothing. */
export async function postgresProblem(url: string): Promise<string | null> {
  try {
    const [row] = await ask<{ version: number; may: boolean }>(
      url,
      `select current_setting('server_version_num')::int as version,
        has_schema_privilege(current_schema(), 'create') as may`,
    )
    if ((row?.version ?? 0) < OLDEST) return 'DATABASE_URL: this PostgreSQL is older than 15. Use 15 or later.'
    if (row?.may !== true)
      return 'DATABASE_URL: this user may not create tables. Make it the owner of the database: alter database ... owner to ...'
    return null
  } catch (error) {
    return connectionProblem(error)
  }
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
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  })
  client.on('error', () => {})
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
    default:
      return `${setting}: PostgreSQL cannot be reached (${code || 'no answer'}). Start it, or correct host, port and sslmode.`
  }
}
