import type { Kysely } from 'kysely'
import type { ConfirmationEmails, SharedText } from '../../flow/ports/sign-up-ports.ts'
import type { Database } from '../database/schema.ts'

export function createConfirmationEmails(db: Kysely<Database>): ConfirmationEmails {
  return {
    async keep(signUpId, { form, wording, sealed }, { replaces }) {
      for (const text of wording === null ? [form] : [form, wording]) await share(db, text)
      const row = { form: form.hash, wording: wording?.hash ?? null, sealed }
      await db
        .insertInto('confirmation_email')
        .values({ sign_up_id: signUpId, ...row })
        .onConflict((conflict) =>
          replaces ? conflict.column('sign_up_id').doUpdateSet(row) : conflict.column('sign_up_id').doNothing(),
        )
        .execute()
    },

    async find(signUpId) {
      const row = await db
        .selectFrom('confirmation_email')
        .innerJoin('shared_text as form', 'form.hash', 'confirmation_email.form')
        .leftJoin('shared_text as wording', 'wording.hash', 'confirmation_email.wording')
        .select(['confirmation_email.sealed', 'form.packed as form', 'wording.packed as wording'])
        .where('sign_up_id', '=', signUpId)
        .executeTakeFirst()
      return row ?? null
    },
  }
}

async function share(db: Kysely<Database>, { hash, packed }: SharedText): Promise<void> {
  await db
    .insertInto('shared_text')
    .values({ hash, packed })
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute()
}
