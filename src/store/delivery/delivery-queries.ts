import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { REFUSED_AT_MAIL } from '../../core/delivery/classify-reply.ts'
import type { DeliveryKind } from '../../core/model.ts'
import type { Deliveries } from '../../flow/ports/delivery-ports.ts'
import { batchedLookup } from '../database/batched-lookup.ts'
import { engineOf } from '../database/database.ts'
import { DETAIL_COLUMNS, type DetailsRow, toDelivery, toDetails } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'
import { LEASED, LIVE, mayBeSent, UNCONFIRMED, WAITING } from './delivery-guards.ts'

export type DeliveryQuestions = Pick<
  Deliveries,
  | 'byId'
  | 'details'
  | 'ofEnrolment'
  | 'ofLearner'
  | 'due'
  | 'oldestDue'
  | 'countByState'
  | 'upcoming'
  | 'owners'
  | 'mayBeSent'
  | 'sentWithin'
  | 'earlierPendingLesson'
  | 'hasReached'
  | 'dueTimes'
  | 'unconfirmed'
  | 'wasRefused'
  | 'nextProbe'
  | 'refusals'
>

const findById = batchedLookup('id', (db, ids) => db.selectFrom('delivery').selectAll().where('id', 'in', ids))

const findDetails = batchedLookup('id', (db, ids) =>
  db
    .selectFrom('delivery')
    .innerJoin('learner', 'learner.id', 'delivery.learner_id')
    .leftJoin('enrolment', 'enrolment.id', 'delivery.enrolment_id')
    .selectAll('delivery')
    .select(['learner.address', 'learner.data_key', 'enrolment.state as enrolment_state', ...DETAIL_COLUMNS])
    .where('delivery.id', 'in', ids)
    // Without an enrolment its columns are null, and are not read.
    .$castTo<DetailsRow>(),
)

/** Rows counted at a time. Counting millions at once would block the event loop for a second. */
const SLICE = 10_000

/** The read-only queries on deliveries. */
export function createDeliveryQuestions(db: Kysely<Database>): DeliveryQuestions {
  return {
    async byId(id) {
      const row = await findById(db, id)
      return row ? toDelivery(row) : null
    },

    async details(id) {
      const row = await findDetails(db, id)
      return row ? toDetails(row) : null
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

    async ofLearner(learnerId) {
      const rows = await db
        .selectFrom('delivery')
        .selectAll()
        .where('learner_id', '=', learnerId)
        .orderBy('id')
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
        .where('state', '=', LEASED)
        .where('lease_until', '<=', now)
        .where('dot_at', 'is', null)
        .orderBy('lease_until')
        .limit(limit)
        .execute()
      return [...abandoned, ...waiting].slice(0, limit).map((row) => row.id)
    },

    async oldestDue(now) {
      const waiting = await db
        .selectFrom('delivery')
        .select('due_at')
        .where('state', 'in', WAITING)
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(1)
        .executeTakeFirst()
      const abandoned = await db
        .selectFrom('delivery')
        .select('lease_until')
        .where('state', '=', LEASED)
        .where('lease_until', '<=', now)
        .orderBy('lease_until')
        .limit(1)
        .executeTakeFirst()
      const since = [waiting?.due_at, abandoned?.lease_until].filter((at) => typeof at === 'number')
      return since.length === 0 ? null : Math.min(...since)
    },

    async countByState() {
      const counts: Record<string, number> = {}
      for (let after = 0; ; ) {
        const slice = db
          .selectFrom('delivery')
          .select(['id', 'state'])
          .where('id', '>', after)
          .orderBy('id')
          .limit(SLICE)
        const rows = await db
          .selectFrom(slice.as('slice'))
          .select((eb) => ['state', eb.fn.countAll<number>().as('n'), eb.fn.max<number>('id').as('last')])
          .groupBy('state')
          .execute()
        if (rows.length === 0) return counts
        for (const { state, n } of rows) counts[state] = (counts[state] ?? 0) + Number(n)
        after = Math.max(...rows.map(({ last }) => Number(last)))
        await nextTurn()
      }
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
      return rows.map((row) => ({ id: row.id, dueAt: row.due_at, kind: row.kind as DeliveryKind }))
    },

    async owners() {
      const rows = await db
        .selectFrom('delivery')
        .select('lease_owner')
        .distinct()
        .where('state', '=', LEASED)
        .where('lease_owner', 'is not', null)
        .execute()
      return rows.map((row) => row.lease_owner as string)
    },

    async mayBeSent(id) {
      const row = await db.selectFrom('delivery').select('id').where('id', '=', id).where(mayBeSent).executeTakeFirst()
      return row !== undefined
    },

    async sentWithin(enrolmentId, exceptId, window) {
      const row = await db
        .selectFrom('delivery')
        .select('id')
        .where('enrolment_id', '=', enrolmentId)
        .where('id', '!=', exceptId)
        .where('day', 'is not', null)
        .where('first_dot_at', '>=', window.start)
        .where('first_dot_at', '<', window.end)
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },

    async earlierPendingLesson(enrolmentId, day) {
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

    async dueTimes(ids) {
      const rows = await db
        .selectFrom('delivery')
        .select(['id', 'due_at'])
        .where('id', 'in', [...ids])
        .execute()
      return new Map(rows.map((row) => [row.id, row.due_at]))
    },

    async hasReached(id, fence) {
      const row = await db
        .selectFrom('delivery')
        .select(['fence', 'state', 'dot_at'])
        .where('id', '=', id)
        .executeTakeFirst()
      // An id assigned here was erased with its learner; any other id was never known here.
      if (!row) return (await engineOf(db).highestIdEver(db, 'delivery')) >= id
      if (row.fence !== fence) return row.fence > fence
      // A lease is not enough: a backup taken between claim and handover does not know that the message was sent.
      return row.state !== 'leased' || row.dot_at !== null
    },

    async unconfirmed(limit) {
      const rows = await db
        .selectFrom('delivery')
        .selectAll()
        .where('state', '=', UNCONFIRMED)
        .orderBy('due_at')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toDelivery)
    },

    async wasRefused(learnerId, since) {
      const row = await db
        .selectFrom('delivery')
        .select('id')
        .where('learner_id', '=', learnerId)
        .where('refused_at', '>=', since)
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },

    async nextProbe(now, until, refusedSince) {
      const first = (dueUntil: number) =>
        db
          .selectFrom('delivery')
          .select(['id', 'due_at as dueAt'])
          .where('state', 'in', WAITING)
          .where('due_at', '<=', dueUntil)
          .where(mayBeSent)
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('delivery as refused')
                  .select('refused.id')
                  .whereRef('refused.learner_id', '=', 'delivery.learner_id')
                  .where('refused.refused_at', '>=', refusedSince),
              ),
            ),
          )
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('enrolment')
                  .select('enrolment.id')
                  .whereRef('enrolment.id', '=', 'delivery.enrolment_id')
                  .where('enrolment.web_only', '=', 1),
              ),
            ),
          )
          .orderBy('due_at')
          .orderBy('id')
          .limit(1)
      // Rows refused at MAIL FROM on their last try come last, since the cause may be the message itself.
      const others = first(now).where((eb) =>
        eb.or([eb('reply', 'is', null), eb('reply', 'not like', `${REFUSED_AT_MAIL}%`)]),
      )
      for (const some of [
        others.where('enrolment_id', 'is not', null),
        others,
        first(now).where('enrolment_id', 'is not', null),
        first(until),
      ]) {
        const found = await some.executeTakeFirst()
        if (found !== undefined) return found
      }
      return null
    },

    async refusals(since, limit) {
      const rows = await db
        .selectFrom('delivery')
        .innerJoin('learner', 'learner.id', 'delivery.learner_id')
        .select((eb) => [
          'delivery.learner_id',
          'delivery.reply',
          'learner.address',
          eb
            .exists(
              eb
                .selectFrom('enrolment')
                .select('enrolment.id')
                .whereRef('enrolment.learner_id', '=', 'delivery.learner_id'),
            )
            .as('is_confirmed'),
        ])
        .where('delivery.refused_at', '>=', since)
        .orderBy('delivery.refused_at', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        learnerId: row.learner_id,
        isConfirmed: Number(row.is_confirmed) === 1,
        domain: row.address.slice(row.address.lastIndexOf('@') + 1),
        reply: row.reply ?? '',
      }))
    },
  }
}
