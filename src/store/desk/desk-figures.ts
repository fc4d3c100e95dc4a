import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import { type DeliveryState, NEVER } from '../../core/model.ts'
import type { DailyFigures, DeskFigures } from '../../flow/ports/desk-ports.ts'
import type { Database } from '../database/schema.ts'
import { UNCONFIRMED, WAITING } from '../delivery/delivery-guards.ts'
import { SOON_MS } from './desk-deliveries.ts'

const DAY_MS = 86_400_000
const DEFERRED = sql.lit<DeliveryState>('deferred')
/** How long the counts of days that are over are kept: only erasing and resuming changes them. */
const KEPT_MS = DAY_MS

type SignUpFigures = Pick<DailyFigures, 'signedUp' | 'confirmed' | 'stopped'>

/** Counts through indexes only, and never more than asked for, so that looking costs sending next to nothing. */
export function createDeskFigures(db: Kysely<Database>): DeskFigures {
  const known = new Map<number, { readonly figures: SignUpFigures; readonly until: number }>()

  async function countUpTo(most: number, deliveries: ReturnType<typeof waiting>): Promise<number> {
    const { n } = await db
      .selectFrom(deliveries.select('id').limit(most).as('some'))
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .executeTakeFirstOrThrow()
    return Number(n)
  }
  const waiting = () => db.selectFrom('delivery')

  async function countDay(day: number, now: number): Promise<SignUpFigures> {
    const kept = known.get(day)
    if (kept !== undefined && now < kept.until) return kept.figures
    // Counting the sign-ups of a whole month at once would keep lessons waiting.
    await nextTurn()
    const [start, end] = [day * DAY_MS, (day + 1) * DAY_MS]
    const count = (rows: readonly { n: number }[]) => Number(rows[0]?.n ?? 0)
    const figures = {
      signedUp: count(
        await db
          .selectFrom('sign_up')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .where('created_at', '>=', start)
          .where('created_at', '<', end)
          .execute(),
      ),
      confirmed: count(
        await db
          .selectFrom('enrolment')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .where('confirmed_at', '>=', start)
          .where('confirmed_at', '<', end)
          .execute(),
      ),
      stopped: count(
        await db
          .selectFrom('enrolment')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .where('ended_at', '>=', start)
          .where('ended_at', '<', end)
          .where('state', '=', 'stopped')
          .execute(),
      ),
    }
    if (end <= now) known.set(day, { figures, until: now + KEPT_MS })
    return figures
  }

  return {
    async countWaiting(now, most) {
      return {
        due: await countUpTo(most, waiting().where('state', 'in', WAITING).where('due_at', '<=', now)),
        soon: await countUpTo(
          most,
          waiting()
            .where('state', 'in', WAITING)
            .where('due_at', '>', now)
            .where('due_at', '<=', now + SOON_MS),
        ),
        deferred: await countUpTo(most, waiting().where('state', '=', DEFERRED).where('due_at', '<=', NEVER)),
        unconfirmed: await countUpTo(most, waiting().where('state', '=', UNCONFIRMED)),
      }
    },

    async days(first, last, now) {
      const rows = await db
        .selectFrom('mail_day')
        .selectAll()
        .where('day', '>=', first)
        .where('day', '<=', last)
        .execute()
      const sent = new Map(rows.map((row) => [row.day, row]))
      const days: DailyFigures[] = []
      for (let day = first; day <= last; day += 1) {
        const row = sent.get(day)
        const { sent: count = 0, bounced = 0, complained = 0 } = row ?? {}
        days.push({ day, sent: count, bounced, complained, ...(await countDay(day, now)) })
      }
      for (const [day, { until }] of known) if (until <= now) known.delete(day)
      return days
    },
  }
}
