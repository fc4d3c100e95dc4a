import type { Kysely } from 'kysely'
import type { SendingState, SendingStatus } from '../../flow/ports/sending-ports.ts'
import { prepared, type QueryParameters } from '../database/prepared-queries.ts'
import type { Database } from '../database/schema.ts'

const selectStatus = prepared((db, _: QueryParameters<object>) =>
  db.selectFrom('stream').selectAll().where('id', '=', 1),
)

/** The sending state is a single row, shared by all workers. */
export function createSendingState(db: Kysely<Database>): SendingState {
  return {
    async status() {
      const [row] = (await selectStatus(db, {})).rows
      if (!row) throw new Error('the row of the stream is gone')
      return {
        state: row.state as SendingStatus['state'],
        reason: row.reason,
        since: row.since,
        probeAt: row.probe_at,
        failures: row.failures,
        refusedSince: row.refused_since,
        cause: row.cause as SendingStatus['cause'],
      }
    },

    async takeProbe(now, nextProbeAt) {
      const result = await db
        .updateTable('stream')
        .set({ probe_at: nextProbeAt })
        .where('state', '=', 'paused')
        .where('probe_at', '<=', now)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async countFailure() {
      const row = await db
        .updateTable('stream')
        .set((eb) => ({ failures: eb('failures', '+', 1) }))
        .where('id', '=', 1)
        .returning('failures')
        .executeTakeFirstOrThrow()
      return row.failures
    },

    async clearFailures() {
      await db.updateTable('stream').set({ failures: 0 }).where('failures', '>', 0).execute()
    },

    async recordRefusal(now) {
      await db.updateTable('stream').set({ refused_since: now }).where('refused_since', 'is', null).execute()
    },

    async clearRefusals() {
      await db.updateTable('stream').set({ refused_since: null }).where('refused_since', 'is not', null).execute()
    },

    async moveProbe(from, to) {
      const result = await db
        .updateTable('stream')
        .set({ probe_at: to })
        .where('state', '=', 'paused')
        .where('probe_at', '=', from)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async pause(reason, cause, now, probeAt) {
      const result = await db
        .updateTable('stream')
        .set({ state: 'paused', reason, cause, since: now, probe_at: probeAt })
        .where('state', '=', 'open')
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async pauseForPerson(reason, now) {
      const result = await db
        .updateTable('stream')
        .set({ state: 'paused', reason, cause: 'reports', since: now, probe_at: null })
        .where((eb) =>
          eb.or([eb('state', '=', 'open'), eb.and([eb('state', '=', 'paused'), eb('probe_at', 'is not', null)])]),
        )
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },

    async hold(reason, cause, now) {
      await db
        .updateTable('stream')
        .set({ state: 'held', reason, cause, since: now, probe_at: null })
        .where('id', '=', 1)
        .execute()
    },

    async open(from, now) {
      const result = await db
        .updateTable('stream')
        .set({ state: 'open', reason: '', since: now, probe_at: null, failures: 0, refused_since: null })
        .where('state', '=', from)
        .executeTakeFirst()
      return result.numUpdatedRows === 1n
    },
  }
}
