import type { Ports } from './ports.ts'

/** The last mark before a dot that this installation made, as remembered outside the database. */
export interface LastDot {
  readonly deliveryId: number
  readonly fence: number
  /** ms UTC. */
  readonly at: number
}

/**
 * Compares the database with what is remembered outside it. A database that does not hold the last mark is an older copy:
 * its planned rows may have been sent, so all sending holds until a person decides. True when it holds for this reason.
 */
export async function holdIfRestored(ports: Ports): Promise<boolean> {
  for (const dot of await ports.dotLog.last()) {
    if (await ports.store.deliveries.hasReached(dot.deliveryId, dot.fence)) continue
    const reason =
      `the database is older than the mail that went out: its copy does not know of a message handed over at ` +
      `${new Date(dot.at).toISOString()}. Was it restored from a backup? Nothing is sent until you say so: npm run mail -- release`
    await ports.store.stream.hold(reason, ports.clock.now())
    ports.log.error({ lastDot: new Date(dot.at).toISOString() }, reason)
    return true
  }
  return false
}

export interface Released {
  /** Rows that were due before the last message that is known to have gone out: set aside, not sent. */
  readonly setAside: number
}

/**
 * The person's word after a restore. What was due before the last known message may have gone out, so it becomes
 * `unconfirmed` and waits in the list; everything later is sent as planned.
 */
export async function releaseHold(ports: Ports): Promise<Released> {
  const dots = await ports.dotLog.last()
  const lastAt = Math.max(0, ...dots.map((dot) => dot.at))
  const now = ports.clock.now()
  const setAside = await ports.store.transaction(async (unit) => {
    const status = await unit.stream.status()
    if (status.state !== 'held') return 0
    const rows = await unit.deliveries.presumeSent(lastAt)
    await unit.stream.open('held', now)
    return rows
  })
  // From here on the copy is the truth: what it does not know is settled.
  await ports.dotLog.forget()
  return { setAside }
}
