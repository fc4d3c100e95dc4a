import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { REFUSED_AT_MAIL } from '../../core/delivery/classify-reply.ts'
import type { DeliveryKind } from '../../core/model.ts'
import type { Deliveries } from '../../flow/ports/delivery-ports.ts'
import { toDelivery } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'
import { LEASED, mayBeSent, UNCONFIRMED, WAITING } from './delivery-guards.ts'

/** Rows counted at a time. Counting millions at once would block the event loop for a second. */
const SLICE = 10_000

/** Queries over the deliveries of everybody: what is due and when, how many are in which state, and what was refused. */
export function createDueQueries(
  db: Kysely<Database>,
): Pick<
  Deliveries,
  'due' | 'oldestDue' | 'upcoming' | 'dueTimes' | 'countByState' | 'owners' | 'unconfirmed' | 'nextProbe' | 'refusals'
> {
  return {
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

    async dueTimes(ids) {
      const rows = await db
        .selectFrom('delivery')
        .select(['id', 'due_at'])
        .where('id', 'in', [...ids])
        .execute()
      return new Map(rows.map((row) => [row.id, row.due_at]))
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
