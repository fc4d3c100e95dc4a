import type { Kysely } from 'kysely'
import type { Suppressions } from '../flow/ports.ts'
import type { Database } from './schema.ts'

export function createSuppressions(db: Kysely<Database>): Suppressions {
  return {
    async add(learnerId, reason, now) {
      await db
        .insertInto('suppression')
        .columns(['address_key', 'reason', 'created_at'])
        .expression((eb) =>
          eb
            .selectFrom('learner')
            .select((columns) => ['address_key', columns.val(reason).as('reason'), columns.val(now).as('created_at')])
            .where('id', '=', learnerId),
        )
        .onConflict((conflict) => conflict.column('address_key').doNothing())
        .execute()
    },
  }
}
