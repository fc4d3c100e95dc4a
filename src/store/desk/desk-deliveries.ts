import { type Expression, type Kysely, type SqlBool, sql } from 'kysely'
import type { DeliveryKind, DeliveryState } from '../../core/model.ts'
import type { DeliveryFilter, DeliveryRow, DeskCursor, DeskDeliveries } from '../../flow/ports/desk-ports.ts'
import type { Database } from '../database/schema.ts'
import { type DeliveryExpressions, states, WAITING } from '../delivery/delivery-guards.ts'

/** Rows looked at for one page: a rare combination costs milliseconds, and the next page goes on from there. */
const MOST_READ = 2_000
const NOT_SENT = states('failed', 'expired', 'cancelled')

interface Order {
  /** What the rows are ordered by. */
  readonly by: 'due_at' | 'settled_at'
  readonly to: 'asc' | 'desc'
  /** The rows of an index; literals, because SQLite takes a partial index for nothing else. */
  readonly where: (eb: DeliveryExpressions, now: number) => Expression<SqlBool>
}

const BY_DUE_TIME: Order = { by: 'due_at', to: 'desc', where: (eb, now) => eb('due_at', '<=', now) }
const WAITS: Order = { by: 'due_at', to: 'asc', where: (eb) => eb('state', 'in', WAITING) }
const WAS_NOT_SENT: Order = { by: 'settled_at', to: 'desc', where: (eb) => eb('state', 'in', NOT_SENT) }

/** How each state is listed; those that come before they go first to last, the others backwards from now. */
const ORDERS: Readonly<Record<DeliveryState, Order>> = {
  planned: WAITS,
  deferred: WAITS,
  unconfirmed: WAITS,
  leased: WAITS,
  sent: BY_DUE_TIME,
  failed: WAS_NOT_SENT,
  expired: WAS_NOT_SENT,
  cancelled: WAS_NOT_SENT,
}

export function createDeskDeliveries(db: Kysely<Database>): DeskDeliveries {
  /** The rows after the cursor that the index finds; `at` is what they are ordered by. */
  function candidates({ state, within }: DeliveryFilter, now: number, after: DeskCursor | null, limit: number) {
    const order = state === undefined ? BY_DUE_TIME : ORDERS[state]
    const { by, to } = order
    const beyond = to === 'asc' ? '>' : '<'
    return (
      db
        .selectFrom('delivery')
        .select(['id', 'learner_id', 'enrolment_id', 'sign_up_id', 'kind', 'day', 'state', 'due_at', 'settled_at'])
        .select(sql<number>`${sql.ref(by)}`.as('at'))
        .where((eb) => (state === 'leased' ? eb('state', '=', sql.lit('leased')) : order.where(eb, now)))
        // All others would be looked through in vain: the index has them one state after the other, or they are few.
        .$if(state !== undefined && order !== BY_DUE_TIME, (query) => query.where('state', '=', sql.lit(state ?? '')))
        .$if(within !== undefined, (query) =>
          query.where(by, '>=', within?.start ?? 0).where(by, '<', within?.end ?? 0),
        )
        .$if(after !== null, (query) =>
          query.where((eb) =>
            eb.and([
              eb(by, `${beyond}=`, after?.at ?? 0),
              eb.or([eb(by, beyond, after?.at ?? 0), eb('id', beyond, after?.id ?? 0)]),
            ]),
          ),
        )
        .orderBy(by, to)
        .orderBy('id', to)
        .limit(limit)
    )
  }

  return {
    async page(filter, now, after, limit) {
      const { state, course, day } = filter
      const { to } = state === undefined ? BY_DUE_TIME : ORDERS[state]
      // Without these every candidate is a row of the page.
      const isPicky = course !== undefined || day !== undefined || state === 'sent'
      const read = candidates(filter, now, after, isPicky ? MOST_READ : limit + 1)
      const shownCourse = sql<string>`coalesce(enrolment.course, sign_up.course, '')`
      const rows = await db
        .selectFrom(read.as('found'))
        .innerJoin('learner', 'learner.id', 'found.learner_id')
        .leftJoin('enrolment', 'enrolment.id', 'found.enrolment_id')
        .leftJoin('sign_up', 'sign_up.id', 'found.sign_up_id')
        .select(['found.id', 'found.learner_id', 'found.kind', 'found.day', 'found.state', 'found.due_at'])
        .select(['found.settled_at', 'found.at', 'learner.address', shownCourse.as('course')])
        .$if(state === 'sent', (query) => query.where('found.state', '=', 'sent'))
        .$if(course !== undefined, (query) => query.where(shownCourse, '=', course ?? ''))
        .$if(day !== undefined, (query) => query.where('found.day', '=', day ?? 0))
        .orderBy('found.at', to)
        .orderBy('found.id', to)
        .limit(limit + 1)
        .execute()
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const next =
        rows.length > limit && last !== undefined
          ? { at: last.at, id: last.id }
          : isPicky
            ? await endOf(read, to === 'asc' ? 'desc' : 'asc')
            : null
      return { rows: shown.map(toRow), next }
    },
  }

  /** Where the search ended, if there may be more beyond it. */
  async function endOf(read: ReturnType<typeof candidates>, backwards: 'asc' | 'desc'): Promise<DeskCursor | null> {
    const row = await db
      .selectFrom(read.as('found'))
      .select(['found.at', 'found.id'])
      .select(sql<number>`count(*) over ()`.as('n'))
      .orderBy('found.at', backwards)
      .orderBy('found.id', backwards)
      .limit(1)
      .executeTakeFirst()
    return row === undefined || Number(row.n) < MOST_READ ? null : { at: row.at, id: row.id }
  }
}

function toRow(row: {
  readonly id: number
  readonly learner_id: number
  readonly kind: string
  readonly day: number | null
  readonly state: string
  readonly due_at: number
  readonly settled_at: number | null
  readonly address: string
  readonly course: string
}): DeliveryRow {
  return {
    id: row.id,
    learnerId: row.learner_id,
    kind: row.kind as DeliveryKind,
    day: row.day,
    state: row.state as DeliveryState,
    dueAt: row.due_at,
    settledAt: row.settled_at,
    address: row.address,
    course: row.course,
  }
}
