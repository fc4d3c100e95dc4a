import { type Kysely, type SelectQueryBuilder, sql } from 'kysely'
import type { EnrolmentStateOrPending } from '../../core/enrolment/enrolment-acts.ts'
import type { DeskCursor, People, PeopleFilter, PersonRow } from '../../flow/ports/desk-ports.ts'
import type { BounceKind } from '../../flow/ports/report-ports.ts'
import { engineOf } from '../database/database.ts'
import { SIGN_UP_COLUMNS, toDelivery, toSignUp } from '../database/rows.ts'
import type { Database } from '../database/schema.ts'

/** Rows looked at for one page: a rare combination costs milliseconds, and the next page goes on from there. */
const MOST_READ = 2_000
/** Sorts after every other character, byte by byte too. */
const LAST = '\uffff'
const BOUNCES: readonly BounceKind[] = ['dead', 'full', 'soft']

type Candidate = {
  id: number
  learner_id: number
  course: string
  enrolment_id: number | null
  state: string
  at: number
}

/** Rows of one of two tables, and the names of the columns that order them. */
interface Source {
  readonly rows: SelectQueryBuilder<Database, 'enrolment', Candidate>
  readonly at: string
  readonly id: string
}

export function createPeople(db: Kysely<Database>): People {
  /** The newest rows after the cursor that an index finds; `at` is what they are ordered by. */
  function candidates(filter: PeopleFilter, after: DeskCursor | null, limit: number) {
    const { within } = filter
    const { rows, ...names } = sourceOf(filter)
    const [at, id] = [sql.ref<number>(names.at), sql.ref<number>(names.id)]
    return rows
      .$if(within !== undefined, (query) => query.where(at, '>=', within?.start ?? 0).where(at, '<', within?.end ?? 0))
      .$if(after !== null, (query) =>
        query.where((eb) =>
          eb.and([eb(at, '<=', after?.at ?? 0), eb.or([eb(at, '<', after?.at ?? 0), eb(id, '<', after?.id ?? 0)])]),
        ),
      )
      .orderBy(at, 'desc')
      .orderBy(id, 'desc')
      .limit(limit)
  }

  function sourceOf({ event, state }: PeopleFilter): Source {
    if (event === 'signed-up' && state !== 'pending') {
      const shown = sql<string>`coalesce(enrolment.state, 'pending')`
      const rows = db
        .selectFrom('sign_up')
        .leftJoin('enrolment', 'enrolment.id', 'sign_up.enrolment_id')
        .select(['sign_up.id', 'sign_up.learner_id', 'sign_up.course', 'sign_up.enrolment_id'])
        .select([shown.as('state'), 'sign_up.created_at as at'])
      return { rows: rows as unknown as Source['rows'], at: 'sign_up.created_at', id: 'sign_up.id' }
    }
    if (event !== 'stopped' && state === 'pending') {
      const rows = db
        .selectFrom('sign_up')
        .select(['id', 'learner_id', 'course', 'enrolment_id', sql.lit<string>('pending').as('state')])
        .select('created_at as at')
        .where('confirmed_at', 'is', null)
      return { rows: rows as unknown as Source['rows'], at: 'sign_up.created_at', id: 'sign_up.id' }
    }
    const column = event === 'stopped' ? ('ended_at' as const) : ('confirmed_at' as const)
    const rows = db
      .selectFrom('enrolment')
      .select(['id', 'learner_id', 'course', 'id as enrolment_id', 'state', `${column} as at`])
      .$if(state !== undefined, (query) => query.where('state', '=', state ?? ''))
      .$if(event === 'stopped', (query) => query.where('ended_at', 'is not', null).where('state', '=', 'stopped'))
      // Nobody is in two states, which no index knows.
      .$if(event === 'stopped' && state !== undefined && state !== 'stopped', (query) =>
        query.where(sql`1`, '=', sql`0`),
      )
    return { rows: rows as unknown as Source['rows'], at: `enrolment.${column}`, id: 'enrolment.id' }
  }

  return {
    async page(filter, after, limit) {
      const { course, day, bounced, state, event } = filter
      // No index knows what became of a sign-up.
      const isPickyState = event === 'signed-up' && state !== undefined && state !== 'pending'
      // Without these every candidate is a row of the page.
      const isPicky = course !== undefined || day !== undefined || bounced === true || isPickyState
      const read = candidates(filter, after, isPicky ? MOST_READ : limit + 1)
      const lastDay = sql<number>`coalesce((select max(delivery.day) from delivery
        where delivery.enrolment_id = found.enrolment_id and delivery.kind = 'lesson' and delivery.first_dot_at is not null), 0)`
      const shownDay = state === 'pending' ? sql<number>`0` : lastDay
      const rows = await db
        .selectFrom(read.as('found'))
        .innerJoin('learner', 'learner.id', 'found.learner_id')
        .select(['found.id', 'found.learner_id', 'found.course', 'found.state', 'found.at', 'learner.address'])
        .select(shownDay.as('day'))
        .$if(isPickyState, (query) => query.where('found.state', '=', state ?? ''))
        .$if(course !== undefined, (query) => query.where('found.course', '=', course ?? ''))
        .$if(day !== undefined, (query) => query.where(shownDay, '=', day ?? 0))
        .$if(bounced === true, (query) =>
          query.where((eb) =>
            eb.exists(
              eb
                .selectFrom('setback')
                .select('setback.delivery_id')
                .whereRef('setback.learner_id', '=', 'found.learner_id')
                .where('setback.kind', 'in', BOUNCES),
            ),
          ),
        )
        .orderBy('found.at', 'desc')
        .orderBy('found.id', 'desc')
        .limit(limit + 1)
        .execute()
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const next =
        rows.length > limit && last !== undefined ? { at: last.at, id: last.id } : isPicky ? await endOf(read) : null
      return { rows: shown.map(toRow), next }
    },

    async startingWith(text, after, limit) {
      const address = engineOf(db).lowerCase('address')
      const start = text.toLowerCase()
      const known =
        after === null
          ? undefined
          : await db.selectFrom('learner').select(address.as('address')).where('id', '=', after).executeTakeFirst()
      return db
        .selectFrom('learner')
        .select(['id', 'address'])
        .where(address, '>=', start)
        .where(address, '<', start + LAST)
        .$if(known !== undefined, (query) =>
          query.where((eb) =>
            eb.and([
              eb(address, '>=', known?.address ?? ''),
              eb.or([eb(address, '>', known?.address ?? ''), eb('id', '>', after ?? 0)]),
            ]),
          ),
        )
        .orderBy(address)
        .orderBy('id')
        .limit(limit)
        .execute()
    },

    async signedUpAt(learnerId) {
      const row = await db.selectFrom('learner').select('created_at').where('id', '=', learnerId).executeTakeFirst()
      return row?.created_at ?? null
    },

    async signUps(learnerId) {
      const rows = await db
        .selectFrom('sign_up')
        .select(SIGN_UP_COLUMNS)
        .where('learner_id', '=', learnerId)
        .orderBy('id')
        .execute()
      return rows.map(toSignUp)
    },

    async deliveries(learnerId) {
      const rows = await db
        .selectFrom('delivery')
        .selectAll()
        .where('learner_id', '=', learnerId)
        .orderBy('id')
        .execute()
      return rows.map(toDelivery)
    },

    async reports(learnerId) {
      const rows = await db
        .selectFrom('setback')
        .select(['delivery_id as deliveryId', 'kind', 'reason', 'at'])
        .where('learner_id', '=', learnerId)
        .orderBy('at')
        .execute()
      return rows.map((row) => ({ ...row, kind: row.kind as BounceKind }))
    },
  }

  /** Where the search ended, if there may be more beyond it. */
  async function endOf(read: ReturnType<typeof candidates>): Promise<DeskCursor | null> {
    const row = await db
      .selectFrom(read.as('found'))
      .select(['found.at', 'found.id'])
      .select(sql<number>`(select count(*) from (${read}) as looked_at)`.as('n'))
      .orderBy('found.at')
      .orderBy('found.id')
      .limit(1)
      .executeTakeFirst()
    return row === undefined || Number(row.n) < MOST_READ ? null : { at: row.at, id: row.id }
  }
}

function toRow(
  row: Omit<Candidate, 'id' | 'enrolment_id'> & { readonly address: string; readonly day: number },
): PersonRow {
  return {
    learnerId: row.learner_id,
    address: row.address,
    course: row.course,
    state: row.state as EnrolmentStateOrPending,
    since: row.at,
    day: Number(row.day),
  }
}
