import { type Kysely, sql } from 'kysely'
import type { Mailboxes } from '../../flow/ports/mailbox-ports.ts'
import { exclusively } from '../database/database.ts'
import type { Database } from '../database/schema.ts'
import { cancelLive } from '../delivery/delivery-cancellations.ts'

export function createMailboxes(db: Kysely<Database>): Mailboxes {
  return {
    async take({ deliveryId, mailboxKey, kind, now, since, limit }) {
      // Only one of two concurrent calls gets the last place. A retry keeps the first time.
      const { rows } = await exclusively(db, `mailbox ${mailboxKey}`, (inside) =>
        sql<{ at: number }>`
        insert into mailbox_mail (delivery_id, mailbox_key, kind, at)
        select cast(${deliveryId} as bigint), cast(${mailboxKey} as text), cast(${kind} as text), cast(${now} as bigint)
        where exists (select 1 from mailbox_mail where delivery_id = ${deliveryId})
          or (select count(*) from mailbox_mail
              where mailbox_key = ${mailboxKey} and kind = ${kind} and at > ${since}) < ${limit}
        on conflict (delivery_id) do update set at = mailbox_mail.at
        returning at`.execute(inside),
      )
      return rows.length > 0
    },

    async stop(mailboxKey, kinds, now) {
      await db
        .insertInto('mailbox_stop')
        .values({ mailbox_key: mailboxKey, stopped_at: now })
        .onConflict((conflict) => conflict.column('mailbox_key').doUpdateSet({ stopped_at: now }))
        .execute()
      if (kinds.length === 0) return
      const mine = db.selectFrom('learner').select('learner.id').where('mailbox_key', '=', mailboxKey)
      await cancelLive(db, (eb) => eb.and([eb('learner_id', 'in', mine), eb('kind', 'in', kinds)]), now)
    },

    async stoppedAt(mailboxKey) {
      const row = await db
        .selectFrom('mailbox_stop')
        .select('stopped_at')
        .where('mailbox_key', '=', mailboxKey)
        .executeTakeFirst()
      return row?.stopped_at ?? null
    },

    async resume(mailboxKey) {
      await db.deleteFrom('mailbox_stop').where('mailbox_key', '=', mailboxKey).execute()
    },

    async isDiscreet(mailboxKey, learnerId, signUpId) {
      const mine = db
        .selectFrom('learner')
        .select('learner.id')
        .where((eb) => eb.or([eb('mailbox_key', '=', mailboxKey), eb('learner.id', '=', learnerId)]))
      const enrolment = await db
        .selectFrom('enrolment')
        .select('id')
        .where('learner_id', 'in', mine)
        .where('discreet', '=', 1)
        .limit(1)
        .executeTakeFirst()
      if (enrolment !== undefined) return true
      const signUp = await db
        .selectFrom('sign_up')
        .select('id')
        .where('learner_id', 'in', mine)
        .where('discreet', '=', 1)
        .where('id', '<=', signUpId)
        .limit(1)
        .executeTakeFirst()
      return signUp !== undefined
    },

    async forget({ stops, emails }) {
      await db.deleteFrom('mailbox_stop').where('stopped_at', '<', stops).execute()
      await db.deleteFrom('mailbox_mail').where('at', '<', emails).execute()
    },

    async withoutKey(limit) {
      return db.selectFrom('learner').select(['id', 'address']).where('mailbox_key', 'is', null).limit(limit).execute()
    },

    async setKey(learnerId, mailboxKey) {
      await db
        .updateTable('learner')
        .set({ mailbox_key: mailboxKey })
        .where('id', '=', learnerId)
        .where('mailbox_key', 'is', null)
        .execute()
    },
  }
}
