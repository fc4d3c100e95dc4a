/** One connection that a worker holds. Instants are ms UTC. */
export interface HeldConnection {
  readonly owner: string
  readonly since: number
}

/** A worker that wants this many more connections. */
export interface Demand {
  readonly owner: string
  readonly wanted: number
  readonly since: number
}

/** Who holds and who wants how many of the `limit` connections. */
export interface Allocation {
  readonly limit: number
  readonly holdings: readonly HeldConnection[]
  readonly demands: readonly Demand[]
}

/** Where there are fewer connections than workers, one that others wait for is held this long. */
export const TURN_MS = 1_000

/**
 * How many connections the worker may take now. Up to its fair share it only stands back for workers that have fewer, or
 * as many and have waited longer; beyond that it gets what nobody else is entitled to.
 */
export function connectionsToTake(division: Allocation, demand: Demand): number {
  const { others, fair, free, heldBy, entitled } = read(division, demand.owner)
  const mine = heldBy(demand.owner)
  const first = others.filter(
    (other) => heldBy(other.owner) < mine || (heldBy(other.owner) === mine && isBefore(other, demand)),
  )
  const byRight = Math.min(demand.wanted, fair - mine, free - sum(first.map(entitled)))
  const leftOver = Math.min(demand.wanted, free - sum(others.map(entitled)))
  return Math.max(0, byRight, leftOver)
}

/**
 * How many of its connections the worker must give up: those it does not use while others could, those above its fair
 * share while others lack theirs, and, where there are fewer connections than workers, the one that was held longest.
 */
export function connectionsToRelease(
  division: Allocation,
  worker: { owner: string; idle: number; now: number },
): number {
  const { others, fair, free, heldBy, entitled } = read(division, worker.owner)
  const mine = heldBy(worker.owner)
  const unused = Math.min(worker.idle, sum(others.map(({ wanted }) => wanted)) - free)
  const unfair = Math.min(mine - fair, sum(others.map(entitled)) - free)
  return Math.max(0, Math.min(mine, Math.max(unused, unfair, turns(division, worker, free))))
}

function turns(division: Allocation, { owner, now }: { owner: string; now: number }, free: number): number {
  const { others, fair, heldBy } = read(division, owner)
  const starving = others.filter((other) => heldBy(other.owner) === 0).length - free
  // Somebody has more than a share: that goes first.
  if (starving <= 0 || division.holdings.some((holding) => heldBy(holding.owner) > fair)) return 0
  const longest = division.holdings
    .toSorted((a, b) => a.since - b.since || compare(a.owner, b.owner))
    .slice(0, starving)
  return longest.filter((holding) => holding.owner === owner && now - holding.since >= TURN_MS).length
}

function read({ limit, holdings, demands }: Allocation, owner: string) {
  const held = new Map<string, number>()
  for (const holding of holdings) held.set(holding.owner, (held.get(holding.owner) ?? 0) + 1)
  const parties = new Set([owner, ...held.keys(), ...demands.map((demand) => demand.owner)]).size
  const fair = Math.max(1, Math.floor(limit / parties))
  const heldBy = (name: string) => held.get(name) ?? 0
  return {
    others: demands.filter((demand) => demand.owner !== owner),
    fair,
    free: Math.max(0, limit - holdings.length),
    heldBy,
    entitled: (demand: Demand) => Math.max(0, Math.min(demand.wanted, fair - heldBy(demand.owner))),
  }
}

function isBefore(a: Demand, b: Demand): boolean {
  return a.since < b.since || (a.since === b.since && a.owner < b.owner)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
