import type { Kysely } from 'kysely'
import { engineOf } from './database.ts'
import type { Database } from './schema.ts'

const REWRITE = 'rewrite'

/** Requests a rewrite of the database at the next upkeep. Call it in the transaction that erases. */
export async function askForRewrite(db: Kysely<Database>): Promise<void> {
  await db
    .insertInto('upkeep')
    .values({ task: REWRITE })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

export async function isRewriteDue(db: Kysely<Database>): Promise<boolean> {
  return (await db.selectFrom('upkeep').select('task').where('task', '=', REWRITE).executeTakeFirst()) !== undefined
}

/**
 * Rewrites the database, because deleted rows leave copies in unused space. Returns false if it is larger than `limit`
 * bytes. If it cannot be rewritten now, rejects and leaves the rewrite due.
 */
export async function rewriteNow(db: Kysely<Database>, limit: number): Promise<boolean> {
  const engine = engineOf(db)
  if ((await engine.size(db)) > limit) return false
  // Cleared first, so that an erasure during the rewrite requests another one.
  await db.deleteFrom('upkeep').where('task', '=', REWRITE).execute()
  try {
    await engine.rewrite(db)
  } catch (error) {
    await askForRewrite(db)
    throw error
  }
  return true
}
