import { type Expression, type Kysely, type SqlBool, sql } from 'kysely'
import { ARRIVED_REPLY, OPENED_EARLY_REPLY, WEB_ONLY_REPLY } from '../../core/delivery/no-email-replies.ts'
import { type DeliveryKind, NEVER } from '../../core/model.ts'
import type { Deliveries, PlannedDelivery } from '../../flow/ports/delivery-ports.ts'
import { preparedRows, type QueryParameters } from '../database/prepared-queries.ts'
import { toDelivery } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'
import {
  cutReply,
  type DeliveryExpressions,
  LEASED,
  LIVE,
  mayBeSent,
  settlementColumns,
  states,
  UNCONFIRMED,
  WAITING,
  WEEKLY_KINDS,
} from './delivery-guards.ts'
import { createDeliveryQuestions } from './delivery-queries.ts'
import { claimTogether, markTogether, settleSent } from './delivery-updates.ts'

/** Not claimed by any worker. */
const PLANNED = states('planned', 'deferred')

/** A notice plans one row, a confirmation one per day of the course, so few row counts occur. */
const insert = preparedRows((db, rows: readonly QueryParameters<PlannedDelivery & { now: number }>[]) =>
  db
    .insertInto('delivery')
    .values(
      rows.map((parameter) => ({
        learner_id: parameter('learnerId'),
        kind: parameter('kind'),
        enrolment_id: parameter('enrolmentId'),
        sign_up_id: parameter('signUpId'),
        day: parameter('day'),
        state: sql.lit('planned'),
        due_at: parameter('dueAt'),
        created_at: parameter('now'),
      })),
    )
    .onConflict((conflict) => conflict.columns(['enrolment_id', 'day']).doNothing())
    .returningAll(),
)

/** Every change of a delivery is one conditional update: its guards decide, never an earlier read. */
export function createDeliveries(db: Kysely<Database>): Deliveries {
  return {
    ...createDeliveryQuestions(db),

    async plan(rows, now) {
      if (rows.length === 0) return []
      const planned = await insert(
        db,
        rows.map((row) => ({ ...row, now })),
      )
      return planned.rows.map(toDelivery)
    },

    async planResend(id, now) {
      const row = await db
        .insertInto('delivery')
        .columns(['learner_id', 'kind', 'enrolment_id', 'state', 'due_at', 'created_at', 'resend_of'])
        .expression((eb) =>
          eb
            .selectFrom('delivery as lesson')
            .select([
              'lesson.learner_id',
              sql.lit<DeliveryKind>('resend').as('kind'),
              'lesson.enrolment_id',
              sql.lit('planned').as('state'),
              sql<number>`cast(${now} as bigint)`.as('due_at'),
              sql<number>`cast(${now} as bigint)`.as('created_at'),
              'lesson.id as resend_of',
            ])
            .where('lesson.id', '=', id)
            .where('lesson.kind', '=', 'lesson')
            .where('lesson.state', '=', 'sent')
            .where('lesson.first_dot_at', 'is not', null)
            .where('lesson.resends', '=', 0),
        )
        .onConflict((conflict) => conflict.column('resend_of').where('resend_of', 'is not', null).doNothing())
        .returningAll()
        .executeTakeFirst()
      return row ? toDelivery(row) : null
    },

    async claim(id, request) {
      const { day, ...values } = request
      const row = await claimTogether(db, {
        ...values,
        id,
        start: day?.start ?? null,
        end: day?.end ?? null,
      })
      return row ? toDelivery(row) : null
    },

    async renew(id, fence, now, leaseUntil) {
      const result = await db
        .updateTable('delivery')
        .set({ lease_until: leaseUntil })
        .where('id', '=', id)
        .where('fence', '=', fence)
        .where('state', '=', LEASED)
        .where('lease_until', '>', now)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async markHandedOver(id, fence, now, variant = null) {
      return markTogether(db, { id, fence, now, variant })
    },

    async settle(id, fence, settlement, now) {
      if (settlement.state === 'sent') {
        const reply = 'webOnly' in settlement ? WEB_ONLY_REPLY : cutReply(settlement.reply)
        return (await settleSent(db, [{ id, fence, reply, at: now }])) === 1
      }
      const result = await db
        .updateTable('delivery')
        .set({ ...settlementColumns(settlement, now), lease_until: null, lease_owner: null })
        .where('id', '=', id)
        .where('fence', '=', fence)
        .where('state', '=', LEASED)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    settleAccepted: (messages) =>
      settleSent(
        db,
        messages.map((message) => ({ ...message, reply: cutReply(message.reply) })),
      ),

    async expireHandovers(now, dueAt) {
      const rows = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'unconfirmed',
          due_at: eb.case().when('resends', '=', 0).then(dueAt).else(NEVER).end(),
          lease_until: null,
          lease_owner: null,
          reply: 'no reply: the worker exited after handover',
        }))
        .where('state', '=', LEASED)
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
        .where('state', '=', LEASED)
        .where('lease_until', '>', now)
        .where('lease_owner', 'in', owners)
        .executeTakeFirst()
      return Number(result.numUpdatedRows)
    },

    async postpone(id, dueAt) {
      const row = await db
        .updateTable('delivery')
        .set({ due_at: dueAt })
        .where('id', '=', id)
        .where('state', 'in', PLANNED)
        // Only these columns, so that a row that cannot be parsed is postponed too.
        .returning(['id', 'due_at', 'kind'])
        .executeTakeFirst()
      return row ? { id: row.id, dueAt: row.due_at, kind: row.kind as DeliveryKind } : null
    },

    async hold(id, dueAt) {
      const row = await db
        .updateTable('delivery')
        .set({ due_at: dueAt })
        .where('id', '=', id)
        .where('state', 'in', WAITING)
        // Rows due at NEVER wait for an operator.
        .where('due_at', '<', NEVER)
        .returning(['id', 'due_at', 'kind'])
        .executeTakeFirst()
      return row ? { id: row.id, dueAt: row.due_at, kind: row.kind as DeliveryKind } : null
    },

    async moveEarlySlot(id, at) {
      await db
        .updateTable('delivery')
        .set({ first_dot_at: at })
        .where('id', '=', id)
        .where('settled_at', '<', at)
        .where('first_dot_at', '>', at)
        .execute()
    },

    async openEarly(id, { now, today, variant }) {
      const result = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'sent',
          fence: eb('fence', '+', 1),
          // Never before the opening itself, so that a lesson that is late counts as today's.
          first_dot_at: eb.case().when('due_at', '>', now).then(eb.ref('due_at')).else(now).end(),
          settled_at: now,
          sealed_variant: variant,
          reply: OPENED_EARLY_REPLY,
        }))
        .where('id', '=', id)
        .where('state', 'in', PLANNED)
        .where('first_dot_at', 'is', null)
        .where(mayBeSent)
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('delivery as other')
                .select('other.id')
                .whereRef('other.enrolment_id', '=', 'delivery.enrolment_id')
                .where('other.day', 'is not', null)
                .where((other) =>
                  other.or([
                    other.and([other('other.day', '<', other.ref('delivery.day')), other('other.state', 'in', LIVE)]),
                    other.and([
                      other('other.first_dot_at', '>', other.ref('other.settled_at')),
                      other('other.settled_at', '>=', today.start),
                      other('other.settled_at', '<', today.end),
                    ]),
                  ]),
                ),
            ),
          ),
        )
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async extendAttempts(enrolmentId, ms) {
      await db
        .updateTable('delivery')
        .set((eb) => ({ first_attempt_at: eb('first_attempt_at', '+', ms) }))
        .where('enrolment_id', '=', enrolmentId)
        .where('day', 'is not', null)
        .where('state', '=', 'deferred')
        .where('first_attempt_at', 'is not', null)
        .execute()
    },

    async cancelWaiting(id, reason, now) {
      // Whether it arrived remains unknown; only its pending resend is cancelled.
      await db
        .updateTable('delivery')
        .set({ due_at: NEVER })
        .where('id', '=', id)
        .where('state', '=', UNCONFIRMED)
        .execute()
      const result = await db
        .updateTable('delivery')
        .set({ state: 'cancelled', settled_at: now, reply: reason })
        .where('id', '=', id)
        .where('state', 'in', PLANNED)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async presumeSent(until) {
      const rows = await db
        .updateTable('delivery')
        .set((eb) => ({
          state: 'unconfirmed',
          first_dot_at: eb.fn.coalesce('first_dot_at', 'due_at'),
          due_at: NEVER,
          // A lease recorded in the restored backup is no longer held.
          fence: eb('fence', '+', 1),
          lease_until: null,
          lease_owner: null,
          reply: 'the database was restored: this may have been sent after the copy was made',
        }))
        .where((eb) =>
          eb.or([
            eb.and([eb('state', 'in', [...WAITING, LEASED]), eb('due_at', '<=', until)]),
            // Its one resend may have gone out too.
            eb.and([eb('state', '=', UNCONFIRMED), eb('first_dot_at', '<=', until), eb('due_at', '<', NEVER)]),
          ]),
        )
        .returningAll()
        .execute()
      return rows.map(toDelivery)
    },

    async decide(id, word, now) {
      const result = await db
        .updateTable('delivery')
        .set(
          word === 'arrived'
            ? { state: 'sent', settled_at: now, reply: ARRIVED_REPLY }
            : // Restores the one resend that every unconfirmed row gets, due now.
              { due_at: now, resends: 0 },
        )
        .where('id', '=', id)
        .where('state', '=', UNCONFIRMED)
        // Learners who have stopped since get no resend: the row would stay due forever and never be sent.
        .$if(word === 'send-again', (query) => query.where(mayBeSent))
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    cancelEnrolment: (enrolmentId, now, reason) =>
      cancelLive(db, (eb) => eb('enrolment_id', '=', enrolmentId), now, reason),

    cancelCheckIns: (enrolmentId, now, reason) =>
      cancelLive(
        db,
        (eb) => eb.and([eb('enrolment_id', '=', enrolmentId), eb('kind', 'in', WEEKLY_KINDS)]),
        now,
        reason,
      ),

    async replan(id, dueAt) {
      const row = await db
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
        .returningAll()
        .executeTakeFirst()
      return row ? toDelivery(row) : null
    },
  }
}

/** Cancels unsent deliveries. After the first handover a message may have arrived, so only its resend is cancelled. */
export async function cancelLive(
  db: Kysely<Database>,
  which: (eb: DeliveryExpressions) => Expression<SqlBool>,
  now: number,
  reason?: string,
): Promise<number> {
  await db
    .updateTable('delivery')
    .set({ state: 'unconfirmed', due_at: NEVER, lease_until: null, lease_owner: null })
    .where(which)
    .where((eb) =>
      eb.or([
        eb('state', '=', UNCONFIRMED),
        eb.and([eb('state', '=', LEASED), eb('first_dot_at', 'is not', null), eb('dot_at', 'is', null)]),
      ]),
    )
    .execute()
  const result = await db
    .updateTable('delivery')
    .set({ state: 'cancelled', settled_at: now, reply: reason ?? null, lease_until: null, lease_owner: null })
    .where(which)
    .where('state', 'in', LIVE)
    .where('dot_at', 'is', null)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}
