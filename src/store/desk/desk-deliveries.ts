import { type Expression, type ExpressionBuilder, type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely'
import {
  ARRIVED_REPLY,
  OPENED_EARLY_REPLY,
  REPORTED_REPLY,
  WEB_ONLY_REPLY,
} from '../../core/delivery/no-email-replies.ts'
import type { DeliveryKind, DeliveryState } from '../../core/model.ts'
import type {
  DeliveryFilter,
  DeliveryRow,
  DeskCursor,
  DeskDeliveries,
  ListedState,
} from '../../flow/ports/desk-ports.ts'
import type { BounceKind } from '../../flow/ports/report-ports.ts'
import type { Database } from '../database/schema.ts'
import { type DeliveryExpressions, LEASED, states, WAITING } from '../delivery/delivery-guards.ts'

/** Rows looked at for one page: a rare combination costs milliseconds, and the next page goes on from there. */
const MOST_READ = 2_000
/** How far ahead "soon" looks, ms. */
export const SOON_MS = 24 * 3_600_000
const NOT_SENT = states('failed', 'expired', 'cancelled')

type Where = (eb: DeliveryExpressions, now: number) => Expression<SqlBool>

/** A row that an index found. */
type FoundExpressions = ExpressionBuilder<{ found: { state: string; reply: string | null } }, 'found'>

interface Order {
  /** What the rows are ordered by. */
  readonly by: 'due_at' | 'settled_at' | 'at'
  readonly to: 'asc' | 'desc'
  /** The rows of an index; literals, because SQLite takes a partial index for nothing else. */
  readonly where?: Where
  /** Of the rows that the index finds, those that are listed. */
  readonly only?: (eb: FoundExpressions) => Expression<SqlBool>
  /** The reports whose emails are listed, by when they came. */
  readonly report?: BounceKind
  /** What a period of time is about, where rows are ordered by something that comes before it. */
  readonly period?: 'settled_at'
}

const BY_DUE_TIME: Order = { by: 'due_at', to: 'desc', where: (eb, now) => eb('due_at', '<=', now) }
const WAITS: Order = { by: 'due_at', to: 'asc' }
const WAS_NOT_SENT: Order = { by: 'settled_at', to: 'desc' }

/** The rows in one of the states of an index; all others would be looked through in vain. */
function inState(order: Order, indexed: readonly RawBuilder<string>[], name: DeliveryState): Order {
  return { ...order, where: (eb) => eb.and([eb('state', 'in', indexed), eb('state', '=', sql.lit(name))]) }
}

/** How each state is listed; those that come before they go first to last, the others backwards from now. */
const ORDERS: Readonly<Record<ListedState, Order>> = {
  planned: inState(WAITS, WAITING, 'planned'),
  deferred: inState(WAITS, WAITING, 'deferred'),
  unconfirmed: inState(WAITS, WAITING, 'unconfirmed'),
  leased: { ...WAITS, where: (eb) => eb('state', '=', LEASED) },
  due: { ...WAITS, where: (eb, now) => eb.and([eb('state', 'in', WAITING), eb('due_at', '<=', now)]) },
  soon: {
    ...WAITS,
    where: (eb, now) => eb.and([eb('state', 'in', WAITING), eb('due_at', '>', now), eb('due_at', '<=', now + SOON_MS)]),
  },
  // No index has the time of acceptance, because every message would have to write it.
  sent: { ...BY_DUE_TIME, only: isSent },
  accepted: { ...BY_DUE_TIME, only: wasAccepted, period: 'settled_at' },
  bounced: { by: 'at', to: 'desc', report: 'dead' },
  complained: { by: 'at', to: 'desc', report: 'complaint' },
  failed: inState(WAS_NOT_SENT, NOT_SENT, 'failed'),
  expired: inState(WAS_NOT_SENT, NOT_SENT, 'expired'),
  cancelled: inState(WAS_NOT_SENT, NOT_SENT, 'cancelled'),
}

function isSent(eb: FoundExpressions): Expression<SqlBool> {
  return eb('found.state', '=', sql.lit<DeliveryState>('sent'))
}

/** Sent by email, and known from the relay itself. */
function wasAccepted(eb: FoundExpressions): Expression<SqlBool> {
  return eb.and([
    isSent(eb),
    eb('found.reply', 'not in', [WEB_ONLY_REPLY, OPENED_EARLY_REPLY, ARRIVED_REPLY]),
    eb('found.reply', 'not like', `${REPORTED_REPLY}%`),
  ])
}

function orderOf(state: ListedState | undefined): Order {
  return state === undefined ? BY_DUE_TIME : ORDERS[state]
}

export function createDeskDeliveries(db: Kysely<Database>): DeskDeliveries {
  /** The rows after the cursor that the index finds; `at` is what they are ordered by. */
  function candidates({ state, within }: DeliveryFilter, now: number, after: DeskCursor | null, limit: number) {
    const { by, to, where, report, period } = orderOf(state)
    const beyond = to === 'asc' ? '>' : '<'
    const at = sql.ref<number>(report === undefined ? `delivery.${by}` : 'setback.at')
    const rows =
      report === undefined
        ? db
            .selectFrom('delivery')
            .$if(where !== undefined, (query) => query.where((eb) => where?.(eb, now) ?? eb.lit(true)))
        : reported(report)
    return rows
      .select(['delivery.id', 'delivery.learner_id', 'delivery.enrolment_id', 'delivery.sign_up_id', 'delivery.kind'])
      .select(['delivery.day', 'delivery.state', 'delivery.due_at', 'delivery.settled_at', 'delivery.reply'])
      .select(at.as('at'))
      .$if(within !== undefined, (query) => query.where(at, '<', within?.end ?? 0))
      .$if(within !== undefined && period === undefined, (query) => query.where(at, '>=', within?.start ?? 0))
      .$if(after !== null, (query) =>
        query.where((eb) =>
          eb.and([
            eb(at, `${beyond}=`, after?.at ?? 0),
            eb.or([eb(at, beyond, after?.at ?? 0), eb('delivery.id', beyond, after?.id ?? 0)]),
          ]),
        ),
      )
      .orderBy(at, to)
      .orderBy('delivery.id', to)
      .limit(limit)
  }

  function reported(kind: BounceKind) {
    return db
      .selectFrom('setback')
      .innerJoin('delivery', 'delivery.id', 'setback.delivery_id')
      .where('setback.kind', '=', kind) as unknown as ReturnType<typeof db.selectFrom<'delivery'>>
  }

  return {
    async page(filter, now, after, limit) {
      const { state, course, day, within } = filter
      const { to, only, period } = orderOf(state)
      // Without these every candidate is a row of the page.
      const isPicky = course !== undefined || day !== undefined || only !== undefined
      const read = candidates(filter, now, after, isPicky ? MOST_READ : limit + 1)
      const shownCourse = sql<string>`coalesce(enrolment.course, sign_up.course, '')`
      const rows = await db
        .selectFrom(read.as('found'))
        .innerJoin('learner', 'learner.id', 'found.learner_id')
        .leftJoin('enrolment', 'enrolment.id', 'found.enrolment_id')
        .leftJoin('sign_up', 'sign_up.id', 'found.sign_up_id')
        .select(['found.id', 'found.learner_id', 'found.kind', 'found.day', 'found.state', 'found.due_at'])
        .select(['found.settled_at', 'found.at', 'learner.address', shownCourse.as('course')])
        .$if(only !== undefined, (query) =>
          query.where((eb) => only?.(eb as unknown as FoundExpressions) ?? eb.lit(true)),
        )
        .$if(within !== undefined && period !== undefined, (query) =>
          query.where('found.settled_at', '>=', within?.start ?? 0).where('found.settled_at', '<', within?.end ?? 0),
        )
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
