import { CompiledQuery, sql } from 'kysely'
import type { Engine } from '../database/database.ts'

/** The first key of the advisory locks of this service, so that they meet those of no other program in the database. */
export const LOCK_SPACE = 0x656d_636f
/** The same for locks of names, so that a name never meets an enrolment. */
const NAME_SPACE = LOCK_SPACE + 1
/** The second key of the lock that every transaction takes. Those of claims are ids of enrolments, which begin at 1. */
export const TRANSACTION_LOCK = 0

const SQL_TYPES = { number: sql`bigint`, text: sql`text` }

export const postgresEngine: Engine = {
  isRemote: true,

  jsonNumbers: (list) => sql<number>`(select value::bigint from jsonb_array_elements_text(${list}::jsonb))`,

  jsonRows(lists, columns) {
    const values = Object.entries<'number' | 'text'>(columns).map(
      ([column, type], index) => sql`(value ->> ${sql.lit(index)})::${SQL_TYPES[type]} as ${sql.ref(column)}`,
    )
    return sql`(select ${sql.join(values)} from jsonb_array_elements(${lists}::jsonb))`
  },

  bytesOfHex: (column) => sql`decode(${sql.ref(column)}, 'hex')`,

  lowerCase: (column) => sql`lower(${sql.ref(column)}) collate "C"`,

  domainOf: (column) => sql`split_part(${sql.ref(column)}, '@', 2)`,

  /**
   * Two workers could otherwise each claim a lesson of one enrolment for the same day: neither statement sees what the other
   * has not committed yet. In ascending order, so that claims never wait for one another in a circle. Advisory, because
   * transactions hold rows of enrolments and wait for deliveries.
   */
  async lockForClaims(db, deliveryIds) {
    const enrolments = sql`select distinct enrolment_id from delivery
      where id = any(${deliveryIds}::bigint[]) and enrolment_id is not null order by enrolment_id`
    await sql`select pg_advisory_xact_lock(${LOCK_SPACE}::int, (enrolment_id % 2147483647)::int)
      from (${enrolments}) as claimed`.execute(db)
  },

  async lockName(db, name) {
    await sql`select pg_advisory_xact_lock(${NAME_SPACE}::int, hashtext(${name}))`.execute(db)
  },

  async highestIdEver(db, table) {
    const { rows } = await sql<{ seq: number }>`select coalesce(last_value, 0) as seq
      from pg_sequences where schemaname = current_schema() and sequencename = ${`${table}_id_seq`}`.execute(db)
    return rows[0]?.seq ?? 0
  },

  async skipIds(db, by) {
    await sql`select setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + ${by}::bigint)
      from pg_sequences where schemaname = current_schema()`.execute(db)
  },

  /** Postgres recycles its log by itself. Archives of it are the operator's. */
  truncateLog: async () => true,

  async size(db) {
    const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db)
    return rows[0]?.bytes ?? 0
  },

  /** Plain `vacuum` frees the space of deleted rows for reuse without blocking writers. */
  async rewrite(db) {
    await db.executeQuery(CompiledQuery.raw('vacuum'))
  },
}
