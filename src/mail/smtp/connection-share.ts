import type { RelayPermits } from './relay-permits.ts'

/** How many of the relay's connections are this worker's. */
export interface ConnectionShare {
  /** Connections that it may have open; fewer than it has open when it must give some up. */
  allowed(): number
  /** False while it cannot be known whether they are still ours: nothing may begin on them, and idle ones must go. */
  isCurrent(): boolean
  /** Asks for more. */
  requestMore(more: number): void
  /** Told whenever a connection is gone. */
  freed(): void
  /** Gives back everything; all connections are closed by then. */
  close(): Promise<void>
}

/** What the share needs to know of who uses it. */
export interface ShareUser {
  open(): number
  /** Connections that were idle ever since this was last asked. */
  unused(): number
  waiting(): number
  /** Called when more, or fewer, are allowed. */
  changed(): void
}

/** As often as a worker looks whether others want what it has. */
const RENEW_EVERY_MS = 250
/** As often as it asks again for what it did not get, at random up to twice this. */
const RETRY_AFTER_MS = 80
/** Part of a lease in which we are sure of it: the rest is for a statement under way. */
const LEASE_MARGIN = 0.8

/** A share of our own, for a process that shares with nobody. */
export function fixedShare(connections: number): ConnectionShare {
  return {
    allowed: () => connections,
    isCurrent: () => true,
    requestMore: () => {},
    freed: () => {},
    close: async () => {},
  }
}

export function createConnectionShare(permits: RelayPermits, user: ShareUser): ConnectionShare {
  /** Permits that are ours, and how many of them we are to give up. */
  let held = 0
  let owed = 0
  /** By the steady clock of this process. */
  let leaseValidUntil = 0
  let asking = false
  let keeping = false
  let isRequesting = false
  let closed = false
  let renewal: NodeJS.Timeout | undefined
  let askAgain: NodeJS.Timeout | undefined
  /** One call at a time, so that what it answers is what we have. */
  let turn: Promise<unknown> = Promise.resolve()

  function serialize(work: () => Promise<void>): Promise<void> {
    const done = turn.then(async () => {
      if (!closed) await work()
    })
    turn = done.catch(() => {})
    return done
  }

  function requestMore(more: number): void {
    if (asking || closed) return
    asking = true
    const again = () => {
      asking = false
      user.changed()
    }
    serialize(() => ask(more))
      .catch(() => {
        // The database is away; the message waits.
        isRequesting = true
      })
      .then(() => {
        if (closed) return
        if (!isRequesting) return again()
        // Asked again at once it would hear the same; what it got can be used meanwhile.
        askAgain = setTimeout(again, RETRY_AFTER_MS * (1 + Math.random()))
        user.changed()
      })
  }

  async function ask(more: number): Promise<void> {
    const askedAt = performance.now()
    const had = held
    held = await permits.takeConnections(more)
    if (had === 0) leaseValidUntil = askedAt + permits.leaseMs * LEASE_MARGIN
    isRequesting = held < had + more
    startRenewing()
  }

  function startRenewing(): void {
    renewal ??= setInterval(() => {
      if (keeping) return
      keeping = true
      serialize(renew)
        .catch(() => {
          // The database is away, perhaps for us alone: once the lease has run out, others may have what was ours.
          user.changed()
        })
        .then(() => {
          keeping = false
        })
    }, RENEW_EVERY_MS).unref()
  }

  async function renew(): Promise<void> {
    if (user.waiting() === 0) {
      if (isRequesting) await permits.takeConnections(0)
      isRequesting = false
      if (user.open() === 0) await release(held)
    }
    if (held === 0) {
      if (isRequesting) return
      clearInterval(renewal)
      renewal = undefined
      return
    }
    const keptAt = performance.now()
    const kept = await permits.keepConnections(Math.max(0, held - user.open()) + user.unused())
    held = kept.held
    owed = Math.min(kept.owed, held)
    leaseValidUntil = keptAt + permits.leaseMs * LEASE_MARGIN
    await release(Math.min(owed, held - user.open()))
    user.changed()
  }

  /** No longer ours before it is written down, so that nobody opens what is being given away. */
  async function release(count: number): Promise<void> {
    if (count <= 0) return
    const debt = Math.min(owed, count)
    held -= count
    owed -= debt
    try {
      await permits.giveConnections(count)
    } catch (error) {
      held += count
      owed += debt
      throw error
    }
  }

  return {
    allowed: () => held - owed,
    isCurrent: () => held === 0 || performance.now() < leaseValidUntil,
    requestMore,
    freed() {
      if (owed > 0) serialize(() => release(Math.min(owed, held - user.open()))).catch(() => {})
    },
    async close() {
      closed = true
      clearInterval(renewal)
      clearTimeout(askAgain)
      await turn
      // What cannot be given back now runs out by itself.
      if (held > 0 || isRequesting) await permits.leave().catch(() => {})
    },
  }
}
