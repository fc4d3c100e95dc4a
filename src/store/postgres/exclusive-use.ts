import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { AppError } from '../../core/errors.ts'
import { SERVICE } from './open-postgres.ts'

/** The server notices a moment later that a process has ended. */
const TRIES = 10
const BETWEEN_MS = 100

/** Throws AppError 'busy' while a process of the service is connected to this database. */
export async function requireStopped(client: pg.ClientBase): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { rows } = await client.query<{ found: number }>(
      'select count(*)::int as found from pg_stat_activity where datname = current_database() and application_name = $1',
      [SERVICE],
    )
    const found = rows[0]?.found ?? 0
    if (found === 0) return
    if (tries === TRIES)
      throw new AppError(
        'busy',
        `The service uses this database (connections: ${found}). Stop it (npm start, web and worker), then run this again.`,
      )
    await sleep(BETWEEN_MS)
  }
}
