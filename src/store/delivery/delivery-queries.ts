import type { Kysely } from 'kysely'
import type { Deliveries } from '../../flow/ports/delivery-ports.ts'
import { batchedLookup } from '../database/batched-lookup.ts'
import { engineOf } from '../database/database.ts'
import { DETAIL_COLUMNS, type DetailsRow, toDelivery, toDetails } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'
import { LIVE, mayBeSent } from './delivery-guards.ts'

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

/** Queries on single deliveries, and on those of one enrolment or learner. */
export function createDeliveryQueries(
  db: Kysely<Database>,
): Pick<
  Deliveries,
  | 'byId'
  | 'details'
  | 'ofEnrolment'
  | 'ofLearner'
  | 'mayBeSent'
  | 'sentWithin'
  | 'earlierPendingLesson'
  | 'hasReached'
  | 'wasRefused'
> {
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
  }
}
