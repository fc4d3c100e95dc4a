import { type Kysely, sql } from 'kysely'
import type { Reputation } from '../../flow/ports/report-ports.ts'
import { prepared, type QueryParameters } from '../database/prepared-queries.ts'
import type { Database } from '../database/schema.ts'

const counters = { sent: counter('sent'), bounced: counter('bounced'), complained: counter('complained') }

function counter(what: 'sent' | 'bounced' | 'complained') {
  return prepared((db, parameter: QueryParameters<{ day: number; times: number }>) =>
    db
      .insertInto('mail_day')
      .values({ day: parameter('day'), [what]: parameter('times') })
      .onConflict((conflict) =>
        conflict.column('day').doUpdateSet((eb) => ({ [what]: eb(`mail_day.${what}`, '+', parameter('times')) })),
      ),
  )
}

export function createReputation(db: Kysely<Database>): Reputation {
  return {
    async count(day, what, times = 1) {
      await counters[what](db, { day, times })
    },

    async since(firstDay) {
      const row = await db
        .selectFrom('mail_day')
        .select((eb) => [
          eb.fn.sum<number | null>('sent').as('sent'),
          eb.fn.sum<number | null>('bounced').as('bounced'),
          eb.fn.sum<number | null>('complained').as('complained'),
        ])
        .where('day', '>=', firstDay)
        .executeTakeFirstOrThrow()
      return {
        sent: Number(row.sent ?? 0),
        bounced: Number(row.bounced ?? 0),
        complained: Number(row.complained ?? 0),
      }
    },

    async takeQuota(day, quota) {
      if (quota < 1) return false
      const result = await db
        .insertInto('mail_day')
        .values({ day, taken: 1 })
        .onConflict((conflict) =>
          conflict
            .column('day')
            .doUpdateSet((eb) => ({ taken: eb('mail_day.taken', '+', 1) }))
            .where('mail_day.taken', '<', quota),
        )
        .executeTakeFirst()
      return result.numInsertedOrUpdatedRows === 1n
    },

    async returnQuota(day) {
      await db
        .updateTable('mail_day')
        .set({ taken: sql<number>`taken - 1` })
        .where('day', '=', day)
        .where('taken', '>', 0)
        .execute()
    },

    async quotaUsed(day) {
      const row = await db.selectFrom('mail_day').select('taken').where('day', '=', day).executeTakeFirst()
      return row?.taken ?? 0
    },

    async firstWarmUpDay() {
      const row = await db
        .selectFrom('mail_day')
        .select('day')
        .where('taken', '>', 0)
        .orderBy('day')
        .limit(1)
        .executeTakeFirst()
      return row?.day ?? null
    },
  }
}
