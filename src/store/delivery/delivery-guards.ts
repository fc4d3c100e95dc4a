import { type Expression, type ExpressionBuilder, type Nullable, type RawBuilder, type SqlBool, sql } from 'kysely'
import { DELIVERY_KINDS, type DeliveryRules, deliveryKindsWith } from '../../core/delivery/email-kinds.ts'
import type { DeliveryKind, DeliveryState, EnrolmentState } from '../../core/model.ts'
import type { Settlement, Window } from '../../flow/ports/delivery-ports.ts'
import type { Database } from '../database/schema.ts'

/** Waiting for a due time. `unconfirmed` waits for its one resend or, if due at NEVER, for an operator. */
export const WAITING = states('planned', 'deferred', 'unconfirmed')
/** Not claimed by any worker. */
export const PLANNED = states('planned', 'deferred')
/** Still to be sent, so no later day may overtake it. Excludes `unconfirmed`, which never blocks the next lesson. */
export const LIVE = states('planned', 'deferred', 'leased')
export const LEASED = sql.lit<DeliveryState>('leased')
export const UNCONFIRMED = sql.lit<DeliveryState>('unconfirmed')

/** Literals in the SQL, like states: constants need not be bound on every run. */
function literals<Value extends DeliveryKind | EnrolmentState>(values: readonly Value[]): RawBuilder<string>[] {
  return values.map((value) => sql.lit(value))
}

function kindsWith(matches: (rules: DeliveryRules) => boolean): RawBuilder<string>[] {
  return literals(deliveryKindsWith(matches))
}

export const WEEKLY_KINDS = kindsWith(({ schedule }) => schedule === 'weekly')
const KINDS_IN_ANY_STATE = kindsWith(({ sentWhile }) => sentWhile === 'any')
const KINDS_AFTER_COMPLAINT = kindsWith(({ afterComplaint }) => afterComplaint)
const KINDS_BY_STATE = (Object.entries(DELIVERY_KINDS) as [DeliveryKind, DeliveryRules][]).flatMap(
  ([kind, { sentWhile, schedule }]) => (sentWhile === 'any' ? [] : [{ kind, sentWhile, schedule }]),
)

/** Literals in the SQL, because SQLite uses no partial index on `state` for bound values. */
export function states(...names: readonly DeliveryState[]): RawBuilder<string>[] {
  return names.map((name) => sql.lit(name))
}

export type DeliveryExpressions = ExpressionBuilder<Database, 'delivery'>

export function isDue(eb: DeliveryExpressions, now: number): Expression<SqlBool> {
  return eb.or([
    eb.and([eb('state', 'in', WAITING), eb('due_at', '<=', now)]),
    // Before the handover, an abandoned lease was provably not delivered.
    eb.and([eb('state', '=', LEASED), eb('lease_until', '<=', now), eb('dot_at', 'is', null)]),
  ])
}

/** The rules of DELIVERY_KINDS on the state of the enrolment and on suppressed addresses. */
export function mayBeSent(eb: DeliveryExpressions): Expression<SqlBool> {
  return eb.and([
    eb.or([
      eb('kind', 'in', KINDS_IN_ANY_STATE),
      eb.exists(
        eb
          .selectFrom('enrolment')
          .select('enrolment.id')
          .whereRef('enrolment.id', '=', 'delivery.enrolment_id')
          .where((enrolment) =>
            enrolment.or(
              KINDS_BY_STATE.map(({ kind, sentWhile, schedule }) =>
                enrolment.and([
                  enrolment('delivery.kind', '=', sql.lit(kind)),
                  schedule === 'daily'
                    ? enrolment.or([
                        enrolment('enrolment.state', 'in', literals(sentWhile)),
                        isCopyAfterTheEnd(enrolment),
                      ])
                    : enrolment('enrolment.state', 'in', literals(sentWhile)),
                  ...(schedule === 'weekly' ? [enrolment('enrolment.check_ins_stopped_at', 'is', null)] : []),
                ]),
              ),
            ),
          ),
      ),
    ]),
    eb.not(
      eb.exists(
        eb
          .selectFrom('suppression')
          .innerJoin('learner', 'learner.address_key', 'suppression.address_key')
          .select('learner.id')
          .whereRef('learner.id', '=', 'delivery.learner_id')
          .where((suppressed) =>
            suppressed.or([
              suppressed('delivery.kind', 'not in', KINDS_AFTER_COMPLAINT),
              suppressed('suppression.reason', '!=', sql.lit('complaint')),
            ]),
          ),
      ),
    ),
  ])
}

/**
 * The second copy of a message whose first may have arrived: the course goes on meanwhile, and may have come to its end.
 */
function isCopyAfterTheEnd(enrolment: ExpressionBuilder<Database, 'delivery' | 'enrolment'>): Expression<SqlBool> {
  return enrolment.and([
    enrolment('enrolment.state', '=', sql.lit<EnrolmentState>('finished')),
    enrolment('delivery.first_dot_at', 'is not', null),
  ])
}

/**
 * No earlier lesson is still to be sent, and none was sent on this `day`; a window of nulls contains no instant. A
 * resend already had its turn, so only first copies are checked.
 */
export function isItsTurn(eb: DeliveryExpressions, day: Nullable<Window>): Expression<SqlBool> {
  return eb.or([
    eb('enrolment_id', 'is', null),
    eb('first_dot_at', 'is not', null),
    eb.not(
      eb.exists(
        eb
          .selectFrom('delivery as other')
          .select('other.id')
          .whereRef('other.enrolment_id', '=', 'delivery.enrolment_id')
          // Emails sent on request have no course day, so they do not count as that day's lesson.
          .where('other.day', 'is not', null)
          .where((other) => {
            const isAhead = other.and([
              other('other.day', '<', other.ref('delivery.day')),
              other('other.state', 'in', LIVE),
            ])
            const wasToday = other.and([
              other('other.id', '!=', other.ref('delivery.id')),
              other('other.first_dot_at', '>=', day.start),
              other('other.first_dot_at', '<', day.end),
            ])
            return other.or([isAhead, wasToday])
          }),
      ),
    ),
  ])
}

/** SMTP replies have no fixed maximum length. */
export function cutReply(reply: string): string {
  return reply.slice(0, 500)
}

export function settlementColumns(settlement: Exclude<Settlement, { state: 'sent' }>, now: number) {
  const reply = cutReply(settlement.reply)
  switch (settlement.state) {
    case 'deferred':
      return {
        state: settlement.state,
        due_at: settlement.dueAt,
        dot_at: null,
        // Refused, so the learner's day is still free, unless an earlier copy may have arrived.
        first_dot_at: sql<number | null>`case when resends = 0 then null else first_dot_at end`,
        ...(settlement.refusedAt !== undefined && { refused_at: settlement.refusedAt }),
        // A resend keeps the date of its first copy, which may have arrived.
        ...(settlement.counts === false && {
          attempt: 0,
          first_attempt_at: sql<number | null>`case when resends = 0 then null else first_attempt_at end`,
        }),
        reply,
      }
    case 'unconfirmed':
      return { state: settlement.state, due_at: settlement.dueAt, reply }
    default:
      return { state: settlement.state, settled_at: now, reply }
  }
}
