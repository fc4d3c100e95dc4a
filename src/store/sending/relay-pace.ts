import type { Kysely } from 'kysely'
import type { Clock } from '../../flow/ports/ports.ts'
import type { Database } from '../database/schema.ts'

const MICROSECONDS = 1_000
/** Messages are reserved at most this far ahead, ms. */
const AHEAD_MS = 500
/** A row further ahead than workers could have moved it was written before the clock was set back. */
const ASTRAY_MS = 10_000

/**
 * Rate limit shared by all workers. A single row holds the instant at which the next message may start, microseconds
 * UTC (generic cell rate algorithm, ITU-T I.371). `rate`: messages per second.
 */
export function createRelayPace(db: Kysely<Database>, { rate, clock }: { rate: number; clock: Clock }) {
  const interval = Math.ceil((1_000 * MICROSECONDS) / rate)
  return {
    rate,

    /**
     * Reserves `count` messages in one statement and returns the time until the first may start, ms; the others follow
     * at `rate`. Returns null, reserving nothing, if too much is already reserved. Rejects while the database is
     * unavailable.
     */
    async reserve(count: number): Promise<number | null> {
      const now = Math.round(clock.now() * MICROSECONDS)
      const cost = count * interval
      const ahead = now + AHEAD_MS * MICROSECONDS
      const astray = ahead + Math.max(interval, 100 * MICROSECONDS) * 2 + ASTRAY_MS * MICROSECONDS
      const row = await db
        .updateTable('relay_pace')
        .set((eb) => ({
          next_at: eb
            .case()
            .when(eb.or([eb('next_at', '<', now), eb('next_at', '>', astray)]))
            .then(now + cost)
            .else(eb('next_at', '+', cost))
            .end(),
        }))
        .where('id', '=', 1)
        .where((eb) => eb.or([eb('next_at', '<=', ahead), eb('next_at', '>', astray)]))
        .returning('next_at')
        .executeTakeFirst()
      return row === undefined ? null : (row.next_at - cost - now) / MICROSECONDS
    },
  }
}
