import { type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import type { Expression } from 'kysely'
import { type DeliveryState, NEVER } from '../core/model.ts'
import type { ClaimRequest, Deliveries, Settlement } from '../flow/ports.ts'
import { toDelivery } from './rows.ts'
import type { Database } from './schema.ts'

/** Waiting for a due time. `unconfirmed` waits for its one resend, or, at NEVER, for a person. */
const WAITING: readonly DeliveryState[] = ['planned', 'deferred', 'unconfirmed']
/** Still to be sent, so that a later day must not overtake it. `unconfirmed` is not: it never blocks the next lesson. */
const LIVE: readonly DeliveryState[] = ['planned', 'deferred', 'leased']

type DeliveryExpressions = ExpressionBuilder<Database, 'delivery'>

export function createDeliveries(db: Kysely<Database>): Deliveries {
  return {
    async plan(rows, now) {
      if (rows.length === 0) return []
      const planned = await db
        .insertInto('delivery')
        .values(
          rows.map((row) => ({
            learner_id: row.learnerId,
            kind: row.kind,
            enrolment_id: row.enrolmentId,
            sign_up_id: row.signUpId,
            day: row.day,
            state: 'planned',
            due_at: row.dueAt,
            created_at: now,
          })),
        )
        .onConflict((conflict) => conflict.columns(['enrolment_id', 'day']).doNothing())
        .returningAll()
        .execute()
      return planned.map(toDelivery)
    },

    async byId(id) {
      const row = await db.selectFrom('delivery').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? toDelivery(row) : null
    },

    async ofEnrolment(enrolmentId) {
      const rows = await db
        .selectFrom('delivery')
        .selectAll()
        .where('enrolment_id', '=', enrolmentId)
        .orderBy('day')
        .execute()
      return rows.map(toDelivery)
    },

    async due(now, limit) {
      const waiting = await db
        .selectFrom('delivery')
        .select('id')
        .where('state', 'in', WAITING)
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('id')
        .limit(limit)
        .execute()
      const abandoned = await db
        .selectFrom('delivery')
        .select('id')
        .where('state', '=', 'leased')
        .where('lease_until', '<=', now)
        .where('dot_at', 'is', null)
        .orderBy('lease_until')
        .limit(limit)
        .execute()
      return [...abandoned, ...waiting].slice(0, limit).map((row) => row.id)
    },

    async oldestDue(now) {
      const row = await db
        .selectFrom('delivery')
        .select('due_at')
        .where('state', 'in', WAITING)
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(1)
        .executeTakeFirst()
      return row?.due_at ?? null
    },

    async countByState() {
      const rows = await db
        .selectFrom('delivery')
        .select((eb) => ['state', eb.fn.countAll<number>().as('n')])
        .groupBy('state')
        .execute()
      return Object.fromEntries(rows.map((row) => [row.state, Number(row.n)]))
    },

    async upcoming(window, after, limit) {
      const rows = await db
        .selectFrom('delivery')
        .select(['id', 'due_at', 'kind'])
        .where('state', 'in', WAITING)
        .where('due_at', '>=', after?.dueAt ?? window.start)
        .where('due_at', '<', window.end)
        .$if(after !== null, (query) =>
          query.where((eb) => eb.or([eb('due_at', '>', after?.dueAt ?? 0), eb('id', '>', after?.id ?? 0)])),
        )
        .orderBy('due_at')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ id: row.id, dueAt: row.due_at, kind: row.kind as 'lesson' }))
    },

    async claim(id, request) {
      const row = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'leased',
          fence: eb('fence', '+', 1),
          attempt: eb('attempt', '+', 1),
          resends: sql<number>`resends + (state = 'unconfirmed')`,
          lease_until: request.leaseUntil,
          lease_owner: request.owner,
          first_attempt_at: eb.fn.coalesce('first_attempt_at', eb.val(request.now)),
          message_id: eb.fn.coalesce('message_id', eb.val(request.messageId)),
          dot_at: null,
        }))
        .where('id', '=', id)
        .where((eb) => eb.and([isDue(eb, request.now), mayBeSent(eb), isTheOnlyOneToday(eb, request), isNextInOrder(eb)]))
        .returningAll()
        .executeTakeFirst()
      return row ? toDelivery(row) : null
    },

    async renew(id, fence, now, leaseUntil) {
      const result = await db
        .updateTable('delivery')
        .set({ lease_until: leaseUntil })
        .where('id', '=', id)
        .where('fence', '=', fence)
        .where('state', '=', 'leased')
        .where('lease_until', '>', now)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async markDot(id, fence, now) {
      const result = await db
        .updateTable('delivery')
        .set((eb) => ({ dot_at: now, first_dot_at: eb.fn.coalesce('first_dot_at', eb.val(now)) }))
        .where('id', '=', id)
        .where('fence', '=', fence)
        .where('state', '=', 'leased')
        .where('dot_at', 'is', null)
        .where('lease_until', '>', now)
        .where(mayBeSent)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async settle(id, fence, settlement, now) {
      const result = await db
        .updateTable('delivery')
        .set({ ...settlementColumns(settlement, now), lease_until: null, lease_owner: null })
        .where('id', '=', id)
        .where('fence', '=', fence)
        // A late reply proves arrival even after the lease ran out and the row became unconfirmed.
        .where('state', 'in', settlement.state === 'sent' ? ['leased', 'unconfirmed'] : ['leased'])
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async expireDots(now, dueAt) {
      const rows = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'unconfirmed',
          due_at: eb.case().when('resends', '=', 0).then(dueAt).else(NEVER).end(),
          lease_until: null,
          lease_owner: null,
          reply: 'no reply: the worker ended between the last bytes and the answer',
        }))
        .where('state', '=', 'leased')
        .where('lease_until', '<=', now)
        .where('dot_at', 'is not', null)
        .returningAll()
        .execute()
      return rows.map(toDelivery)
    },

    async releaseOwners(owners, now) {
      if (owners.length === 0) return 0
      const result = await db
        .updateTable('delivery')
        .set({ lease_until: now })
        .where('state', '=', 'leased')
        .where('lease_until', '>', now)
        .where('lease_owner', 'in', owners)
        .executeTakeFirst()
      return Number(result.numUpdatedRows)
    },

    async owners() {
      const rows = await db
        .selectFrom('delivery')
        .select('lease_owner')
        .distinct()
        .where('state', '=', 'leased')
        .where('lease_owner', 'is not', null)
        .execute()
      return rows.map((row) => row.lease_owner as string)
    },

    async postpone(id, dueAt) {
      const result = await db
        .updateTable('delivery')
        .set({ due_at: dueAt })
        .where('id', '=', id)
        .where('state', 'in', ['planned', 'deferred'])
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async mayBeSent(id) {
      const row = await db.selectFrom('delivery').select('id').where('id', '=', id).where(mayBeSent).executeTakeFirst()
      return row !== undefined
    },

    async cancelWaiting(id, reason, now) {
      const result = await db
        .updateTable('delivery')
        .set({ state: 'cancelled', settled_at: now, reply: reason })
        .where('id', '=', id)
        .where('state', 'in', ['planned', 'deferred'])
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async sentWithin(enrolmentId, exceptId, window) {
      const row = await db
        .selectFrom('delivery')
        .select('id')
        .where('enrolment_id', '=', enrolmentId)
        .where('id', '!=', exceptId)
        .where('first_dot_at', '>=', window.start)
        .where('first_dot_at', '<', window.end)
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },

    async earlierLive(enrolmentId, day) {
      const row = await db
        .selectFrom('delivery')
        .selectAll()
        .where('enrolment_id', '=', enrolmentId)
        .where('day', '<', day)
        .where('state', 'in', LIVE)
        .orderBy('day')
        .limit(1)
        .executeTakeFirst()
      return row ? toDelivery(row) : null
    },

    async cancelEnrolment(enrolmentId, now) {
      // Past its dot the message may already be in the inbox; its state tells what became of it, so only its resend is cancelled.
      await db
        .updateTable('delivery')
        .set({ due_at: NEVER })
        .where('enrolment_id', '=', enrolmentId)
        .where('state', '=', 'unconfirmed')
        .execute()
      const result = await db
        .updateTable('delivery')
        .set({ state: 'cancelled', settled_at: now, lease_until: null, lease_owner: null })
        .where('enrolment_id', '=', enrolmentId)
        .where('state', 'in', LIVE)
        .where('dot_at', 'is', null)
        .executeTakeFirst()
      return Number(result.numUpdatedRows)
    },

    async replan(id, dueAt) {
      const result = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'planned',
          due_at: dueAt,
          fence: eb('fence', '+', 1),
          first_attempt_at: null,
          settled_at: null,
          reply: null,
        }))
        .where('id', '=', id)
        .where('state', '=', 'cancelled')
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async countSince(learnerId, kind, since, beforeId) {
      const row = await db
        .selectFrom('delivery')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('learner_id', '=', learnerId)
        .where('kind', '=', kind)
        .where('id', '!=', beforeId)
        .where((eb) =>
          eb.or([eb('first_dot_at', '>=', since), eb.and([eb('state', '=', 'leased'), eb('id', '<', beforeId)])]),
        )
        .executeTakeFirstOrThrow()
      return Number(row.n)
    },
  }
}

function isDue(eb: DeliveryExpressions, now: number): Expression<SqlBool> {
  return eb.or([
    eb.and([eb('state', 'in', WAITING), eb('due_at', '<=', now)]),
    // Before its dot an abandoned lease was provably not delivered.
    eb.and([eb('state', '=', 'leased'), eb('lease_until', '<=', now), eb('dot_at', 'is', null)]),
  ])
}

function mayBeSent(eb: DeliveryExpressions): Expression<SqlBool> {
  return eb.and([
    eb.or([
      eb('enrolment_id', 'is', null),
      eb.exists(
        eb
          .selectFrom('enrolment')
          .select('enrolment.id')
          .whereRef('enrolment.id', '=', 'delivery.enrolment_id')
          .where('enrolment.state', '=', 'active'),
      ),
    ]),
    eb.not(
      eb.exists(
        eb
          .selectFrom('suppression')
          .innerJoin('learner', 'learner.address_key', 'suppression.address_key')
          .select('learner.id')
          .whereRef('learner.id', '=', 'delivery.learner_id'),
      ),
    ),
  ])
}

/** A resend is a copy of a message whose day has been counted already, so only first copies are held to the rule. */
function isTheOnlyOneToday(eb: DeliveryExpressions, request: ClaimRequest): Expression<SqlBool> {
  if (request.day === null) return sql<SqlBool>`1`
  return eb.or([
    eb('first_dot_at', 'is not', null),
    eb.not(
      eb.exists(
        eb
          .selectFrom('delivery as other')
          .select('other.id')
          .whereRef('other.enrolment_id', '=', 'delivery.enrolment_id')
          .whereRef('other.id', '!=', 'delivery.id')
          .where('other.first_dot_at', '>=', request.day.start)
          .where('other.first_dot_at', '<', request.day.end),
      ),
    ),
  ])
}

function isNextInOrder(eb: DeliveryExpressions): Expression<SqlBool> {
  return eb.or([
    eb('enrolment_id', 'is', null),
    eb('first_dot_at', 'is not', null),
    eb.not(
      eb.exists(
        eb
          .selectFrom('delivery as other')
          .select('other.id')
          .whereRef('other.enrolment_id', '=', 'delivery.enrolment_id')
          .whereRef('other.day', '<', 'delivery.day')
          .where('other.state', 'in', LIVE),
      ),
    ),
  ])
}

function settlementColumns(settlement: Settlement, now: number) {
  const reply = settlement.reply.slice(0, 500)
  switch (settlement.state) {
    case 'deferred':
      return {
        state: settlement.state,
        due_at: settlement.dueAt,
        dot_at: null,
        // Refused, so the learner's day is still free, unless an earlier copy may have arrived.
        first_dot_at: sql<number | null>`case when resends = 0 then null else first_dot_at end`,
        reply,
      }
    case 'unconfirmed':
      return { state: settlement.state, due_at: settlement.dueAt, reply }
    default:
      return { state: settlement.state, settled_at: now, reply }
  }
}
