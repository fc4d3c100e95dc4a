import type { Kysely } from 'kysely'
import {
  type Allocation,
  connectionsToRelease,
  connectionsToTake,
  type Demand,
} from '../../core/delivery/connection-allocation.ts'
import type { Clock } from '../../flow/ports/ports.ts'
import type { Database } from '../database/schema.ts'

export interface RelayPermitsOptions {
  /** Names this worker; `isDead` tells of others by theirs. */
  readonly owner: string
  /** Connections to the relay at most, of all workers together. */
  readonly connections: number
  /** Messages a second at most, of all workers together; null: no limit. */
  readonly rate: number | null
  readonly clock: Clock
  /** Whether the worker of this name is known to have ended. */
  readonly isDead: (owner: string) => boolean
}

/** Longer than the database may be locked, and than clocks of different machines may differ. */
const LEASE_MS = 15_000
const RENEWALS_IN_A_LEASE = 3
const DEMAND_MS = 3_000
const MICROSECONDS = 1_000
/** Messages are reserved at most this far ahead, ms. */
const AHEAD_MS = 500
/** Who finds the pace further ahead than anyone can have brought it follows a clock that was set back. */
const ASTRAY_MS = 10_000

/**
 * A provider's limits in rows that all workers share. A connection is a numbered slot: taking one is a conditional write of
 * that row, so that the number of slots is the limit whatever else goes wrong.
 */
export function createRelayPermits(db: Kysely<Database>, options: RelayPermitsOptions) {
  const { owner, connections, rate, clock } = options
  const interval = rate === null ? 0 : Math.ceil((1_000 * MICROSECONDS) / rate)
  let demandedSince: number | null = null
  let demanded = 0
  let demandedUntil = Number.NEGATIVE_INFINITY
  let renewAt = Number.NEGATIVE_INFINITY

  /** Slots and demands of those that live. Our own slots are ours until somebody took them. */
  async function readAllocation(unit: Kysely<Database>, now: number) {
    const slots = await unit.selectFrom('relay_slot').selectAll().execute()
    const demands = await unit.selectFrom('relay_wish').selectAll().where('until', '>', now).execute()
    const known = new Map<string, boolean>([[owner, true]])
    const lives = (name: string) => {
      const alive = known.get(name) ?? !options.isDead(name)
      known.set(name, alive)
      return alive
    }
    const held = slots.filter((slot) => slot.owner === owner || (slot.until > now && lives(slot.owner)))
    const division: Allocation = {
      limit: connections,
      holdings: held,
      demands: demands.filter((one) => lives(one.owner)),
    }
    return { slots, held, division }
  }

  async function take(request: Demand, now: number): Promise<{ held: number; taken: number }> {
    const result = await db.transaction().execute(async (unit) => {
      await renew(unit, now)
      const { slots, held, division } = await readAllocation(unit, now)
      const free = freeSlots(slots, held, connections).slice(0, connectionsToTake(division, request))
      const taken = await takeSlots(unit, free, owner, now)
      return { held: held.filter((slot) => slot.owner === owner).length + taken, taken }
    })
    renewed(now)
    return result
  }

  async function renew(unit: Kysely<Database>, now: number): Promise<void> {
    if (!isToRenew(now)) return
    const until = now + LEASE_MS
    await unit.updateTable('relay_slot').set({ until }).where('owner', '=', owner).execute()
  }

  function isToRenew(now: number): boolean {
    // A clock that was set back must not put it off.
    return now >= renewAt || now < renewAt - LEASE_MS
  }

  /** Once it is committed. */
  function renewed(now: number): void {
    if (isToRenew(now)) renewAt = now + LEASE_MS / RENEWALS_IN_A_LEASE
  }

  async function recordDemand(wanted: number, now: number): Promise<void> {
    const age = now - (demandedUntil - DEMAND_MS)
    if (age >= 0 && age < (wanted === demanded ? DEMAND_MS / 2 : DEMAND_MS / 6)) return
    const row = { wanted, since: demandedSince ?? now, until: now + DEMAND_MS }
    await db
      .insertInto('relay_wish')
      .values({ owner, ...row })
      .onConflict((conflict) => conflict.column('owner').doUpdateSet(row))
      .execute()
    demandedUntil = row.until
    demanded = wanted
  }

  async function clearDemand(): Promise<void> {
    demandedSince = null
    if (demandedUntil === Number.NEGATIVE_INFINITY) return
    await db.deleteFrom('relay_wish').where('owner', '=', owner).execute()
    demandedUntil = Number.NEGATIVE_INFINITY
  }

  return {
    rate,
    leaseMs: LEASE_MS,

    async takeConnections(wanted: number): Promise<number> {
      const now = clock.now()
      demandedSince ??= now
      const request = { owner, wanted, since: demandedSince }
      // Who waits in line looks before it takes the lock that every writer needs.
      if (demandedUntil > now) {
        const { division } = await readAllocation(db, now)
        if (connectionsToTake(division, request) === 0) {
          await (wanted === 0 ? clearDemand() : recordDemand(wanted, now))
          return division.holdings.filter((holding) => holding.owner === owner).length
        }
      }
      const { held, taken } = await take(request, now)
      const recorded = taken >= wanted ? clearDemand() : recordDemand(wanted - taken, now)
      // What was taken must be known to whoever has it; a demand is recorded again.
      await recorded.catch(() => {})
      return held
    },

    async keepConnections(unused: number): Promise<{ held: number; owed: number }> {
      const now = clock.now()
      await renew(db, now)
      renewed(now)
      if (now >= demandedUntil) demandedSince = null
      const { held, division } = await readAllocation(db, now)
      return {
        held: held.filter((slot) => slot.owner === owner).length,
        owed: connectionsToRelease(division, { owner, idle: unused, now }),
      }
    },

    async giveConnections(count: number): Promise<void> {
      const oldest = db
        .selectFrom('relay_slot')
        .select('slot')
        .where('owner', '=', owner)
        .orderBy('since')
        .orderBy('slot')
        .limit(count)
      await db.deleteFrom('relay_slot').where('owner', '=', owner).where('slot', 'in', oldest).execute()
    },

    /** The generic cell rate algorithm (ITU-T I.371): one instant says when the next message may begin. */
    async reserveMessages(count: number): Promise<{ count: number | null; inMs: number }> {
      const now = Math.round(clock.now() * MICROSECONDS)
      const cost = count * interval
      const ahead = now + AHEAD_MS * MICROSECONDS
      const astray = ahead + Math.max(interval, 100 * MICROSECONDS) * 2 + ASTRAY_MS * MICROSECONDS
      const row = await db
        .updateTable('relay_pace')
        .set((eb) => ({
          next_at: eb
            .case()
            .when(eb.or([eb('next_at', '<', now), eb('next_at', '>', astray)]))
            .then(now + cost)
            .else(eb('next_at', '+', cost))
            .end(),
        }))
        .where('id', '=', 1)
        .where((eb) => eb.or([eb('next_at', '<=', ahead), eb('next_at', '>', astray)]))
        .returning('next_at')
        .executeTakeFirst()
      if (row) return { count, inMs: (row.next_at - cost - now) / MICROSECONDS }
      const pace = await db.selectFrom('relay_pace').select('next_at').where('id', '=', 1).executeTakeFirstOrThrow()
      return { count: null, inMs: Math.max(0, (pace.next_at - ahead) / MICROSECONDS) }
    },

    async leave(): Promise<void> {
      await db.deleteFrom('relay_slot').where('owner', '=', owner).execute()
      await clearDemand()
    },
  }
}

interface Slot {
  readonly slot: number
  readonly owner: string
  readonly until: number
}

/** Numbers that nobody holds, with the row that whoever held one last has left. */
function freeSlots(slots: readonly Slot[], held: readonly Slot[], limit: number) {
  const taken = new Set(held.map(({ slot }) => slot))
  const left = new Map(slots.map((slot) => [slot.slot, slot]))
  return Array.from({ length: limit }, (_, slot) => ({ slot, left: left.get(slot) ?? null })).filter(
    ({ slot }) => !taken.has(slot),
  )
}

/** Each only as it was seen: a slot that somebody took meanwhile stays theirs. */
async function takeSlots(
  unit: Kysely<Database>,
  free: ReturnType<typeof freeSlots>,
  owner: string,
  now: number,
): Promise<number> {
  const row = { owner, since: now, until: now + LEASE_MS }
  let taken = 0
  for (const { slot, left } of free) {
    const result = await unit
      .insertInto('relay_slot')
      .values({ slot, ...row })
      .onConflict((conflict) =>
        left === null
          ? conflict.column('slot').doNothing()
          : conflict
              .column('slot')
              .doUpdateSet(row)
              .where('relay_slot.owner', '=', left.owner)
              .where('relay_slot.until', '=', left.until),
      )
      .executeTakeFirst()
    if (result.numInsertedOrUpdatedRows === 1n) taken += 1
  }
  return taken
}
