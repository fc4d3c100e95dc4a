import { type Kysely, sql } from 'kysely'
import type { AcceptedMessage } from '../../flow/ports/delivery-ports.ts'
import { batchPerTurn } from '../database/batch-per-turn.ts'
import { engineOf, handleOf, type JsonColumns } from '../database/database.ts'
import { prepared, type QueryParameters } from '../database/prepared-queries.ts'
import type { Database } from '../database/schema.ts'
import { isDue, isItsTurn, LEASED, mayBeSent, UNCONFIRMED } from './delivery-guards.ts'

// The three updates that a worker makes for every message: claim, handover and sent. They are compiled once.

interface Claim {
  readonly id: number
  readonly now: number
  readonly leaseUntil: number
  readonly owner: string
  readonly messageId: string
  readonly start: number | null
  readonly end: number | null
}

const CLAIM_COLUMNS = {
  id: 'number',
  now: 'number',
  leaseUntil: 'number',
  owner: 'text',
  messageId: 'text',
  start: 'number',
  end: 'number',
} as const satisfies JsonColumns<Claim>

const CLAIM_NAMES = Object.keys(CLAIM_COLUMNS) as (keyof Claim)[]

const claimOne = prepared((db, parameter: QueryParameters<Claim>) => claimQuery(db, parameter))

const claimMany = prepared((db, parameter: QueryParameters<{ claims: string }>) =>
  claimQuery(db, ((column) => sql.ref(`claim.${column}`)) as QueryParameters<Claim>).from(
    engineOf(db).jsonRows<Claim>(parameter('claims'), CLAIM_COLUMNS).as('claim'),
  ),
)

function claimQuery(db: Kysely<Database>, value: QueryParameters<Claim>) {
  return db
    .updateTable('delivery')
    .set((eb) => ({
      state: LEASED,
      fence: eb('fence', '+', eb.lit(1)),
      attempt: eb('attempt', '+', eb.lit(1)),
      resends: sql<number>`resends + case when state = 'unconfirmed' then 1 else 0 end`,
      lease_until: value('leaseUntil'),
      lease_owner: value('owner'),
      first_attempt_at: eb.fn.coalesce('first_attempt_at', eb.val(value('now'))),
      message_id: eb.fn.coalesce('message_id', eb.val(value('messageId'))),
      dot_at: eb.lit(null),
      // Until the first handover no variant is fixed, so the learner's latest choice applies.
      variant: eb.case().when('first_dot_at', 'is', null).then(eb.lit(null)).else(eb.ref('delivery.variant')).end(),
    }))
    .where('delivery.id', '=', value('id'))
    .where((eb) =>
      eb.and([isDue(eb, value('now')), mayBeSent(eb), isItsTurn(eb, { start: value('start'), end: value('end') })]),
    )
    .returningAll()
}

/**
 * SQLite evaluates the guards of all rows before it changes any. The result is the same as claiming one by one with
 * resends last, because only the claim of a resend changes what the guards of another row see.
 */
export const claimTogether = batchPerTurn(async (db, claims: readonly [Claim, ...Claim[]]) => {
  const { engine, transaction } = handleOf(db)
  const { lockForClaims } = engine
  const { rows } =
    lockForClaims === null || transaction === undefined
      ? await claimAll(db, claims)
      : await transaction(async (inside) => {
          // A statement that waits for a lock still sees what was committed before it began, so the claim is another one.
          await lockForClaims(
            inside,
            claims.map(({ id }) => id),
          )
          return claimAll(inside, claims)
        })
  const claimed = new Map(rows.map((row) => [row.id, row]))
  return ({ id, leaseUntil }) => {
    const row = claimed.get(id)
    // Of several claims on one row, the one whose lease it now carries has won.
    if (row?.lease_until !== leaseUntil) return null
    claimed.delete(id)
    return row
  }
})

function claimAll(db: Kysely<Database>, claims: readonly [Claim, ...Claim[]]) {
  if (claims.length === 1) return claimOne(db, claims[0])
  return claimMany(db, { claims: JSON.stringify(claims.map((claim) => CLAIM_NAMES.map((name) => claim[name]))) })
}

interface Mark {
  readonly id: number
  readonly fence: number
  readonly now: number
  readonly variant: Uint8Array | null
}

type MarkRow = Omit<Mark, 'variant'> & { readonly variant: string | null }

const MARK_COLUMNS = { id: 'number', fence: 'number', now: 'number', variant: 'text' } as const

const markMany = prepared((db, parameter: QueryParameters<{ marks: string }>) =>
  db
    .updateTable('delivery')
    .where(mayBeSent)
    .from(engineOf(db).jsonRows<MarkRow>(parameter('marks'), MARK_COLUMNS).as('mark'))
    .set((eb) => ({
      dot_at: eb.ref('mark.now'),
      first_dot_at: eb.fn.coalesce('first_dot_at', 'mark.now'),
      // A message that may have arrived keeps the variant it was first sent with.
      sealed_variant: eb
        .case()
        .when('first_dot_at', 'is', null)
        .then(engineOf(db).bytesOfHex('mark.variant'))
        .else(eb.fn.coalesce('sealed_variant', engineOf(db).bytesOfHex('mark.variant')))
        .end(),
    }))
    .whereRef('delivery.id', '=', 'mark.id')
    .whereRef('delivery.fence', '=', 'mark.fence')
    .where('delivery.state', '=', LEASED)
    .where('delivery.dot_at', 'is', null)
    .whereRef('delivery.lease_until', '>', 'mark.now')
    .returning('delivery.id'),
)

/** Messages wait for their handover one by one, as the network takes them, so all of a turn's I/O is awaited. */
export const markTogether = batchPerTurn(
  async (db, marks: readonly [Mark, ...Mark[]]) => {
    const rows = marks.map(({ id, fence, now, variant }) => [id, fence, now, variant && hexOf(variant)])
    const marked = new Set((await markMany(db, { marks: JSON.stringify(rows) })).rows.map(({ id }) => id))
    return ({ id }) => marked.delete(id)
  },
  { awaitsIo: true },
)

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

const SENT_COLUMNS = { id: 'number', fence: 'number', at: 'number', reply: 'text' } as const

const settleMany = prepared((db, parameter: QueryParameters<{ messages: string }>) =>
  db
    .updateTable('delivery')
    .from(engineOf(db).jsonRows<AcceptedMessage>(parameter('messages'), SENT_COLUMNS).as('accepted'))
    .set((eb) => ({
      state: sql.lit('sent'),
      settled_at: eb.ref('accepted.at'),
      reply: eb.ref('accepted.reply'),
      lease_until: eb.lit(null),
      lease_owner: eb.lit(null),
    }))
    .whereRef('delivery.id', '=', 'accepted.id')
    .whereRef('delivery.fence', '=', 'accepted.fence')
    // A late reply proves arrival even after the lease expired and the row became unconfirmed.
    .where('delivery.state', 'in', [LEASED, UNCONFIRMED]),
)

/** Returns how many rows changed. */
export async function settleSent(db: Kysely<Database>, messages: readonly AcceptedMessage[]): Promise<number> {
  const rows = messages.map(({ id, fence, at, reply }) => [id, fence, at, reply])
  return Number((await settleMany(db, { messages: JSON.stringify(rows) })).numAffectedRows)
}
