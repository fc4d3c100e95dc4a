import { type Kysely, sql } from 'kysely'
import { ARRIVED_REPLY } from '../../core/delivery/no-email-replies.ts'
import { type DeliveryKind, NEVER } from '../../core/model.ts'
import type { Deliveries, PlannedDelivery } from '../../flow/ports/delivery-ports.ts'
import { preparedRows, type QueryParameters } from '../database/prepared-queries.ts'
import { toDelivery } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'
import { createDeliveryCancellations } from './delivery-cancellations.ts'
import { createDeliveryDates } from './delivery-dates.ts'
import { LEASED, mayBeSent, UNCONFIRMED, WAITING } from './delivery-guards.ts'
import { createDeliveryLeases } from './delivery-leases.ts'
import { createDeliveryQueries } from './delivery-queries.ts'
import { createDueQueries } from './due-queries.ts'

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
    ...createDeliveryQueries(db),
    ...createDueQueries(db),
    ...createDeliveryLeases(db),
    ...createDeliveryDates(db),
    ...createDeliveryCancellations(db),

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
  }
}
