import { continueEnrolment } from '../enrolment/continue-enrolment.ts'
import type { Ports } from '../ports/ports.ts'

/** More than any installation gives out between two backups. */
const IDS_TO_SKIP = 1_000_000

/**
 * Compares the database with what is remembered outside it. A database that does not hold the last mark is an older copy:
 * its planned rows may have been sent, so all sending holds until a person decides. True when it holds for this reason.
 */
export async function holdIfRestored(ports: Pick<Ports, 'clock' | 'store' | 'log' | 'handoverLog'>): Promise<boolean> {
  for (const dot of await ports.handoverLog.last()) {
    if (await ports.store.deliveries.hasReached(dot.deliveryId, dot.fence)) continue
    const reason =
      `the database is older than the last email sent: it has no record of a message handed over at ` +
      `${new Date(dot.at).toISOString()}. Was it restored from a backup? Sending is on hold until you run: npm run mail -- release`
    // Links and Message-IDs are made of ids: those given out after the copy was made belong to other people.
    if ((await ports.store.sendingState.status()).state !== 'held') await ports.store.skipIds(IDS_TO_SKIP)
    await ports.store.sendingState.hold(reason, ports.clock.now())
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
export async function releaseHold(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'handoverLog'>,
): Promise<Released> {
  const dots = await ports.handoverLog.last()
  const now = ports.clock.now()
  const setAside = await ports.store.transaction(async (unit) => {
    const status = await unit.sendingState.status()
    if (status.state !== 'held') return 0
    // Where the memory of the last message is gone meanwhile, everything due before the hold may have been sent.
    const lastAt = dots.length > 0 ? Math.max(...dots.map((dot) => dot.at)) : status.since
    let setAside = 0
    // What follows the last lesson may have been due before that message too, and so on.
    for (let rows = await unit.deliveries.presumeSent(lastAt); rows.length > 0; ) {
      setAside += rows.length
      for (const row of rows) await continueEnrolment(ports, unit, row, now)
      rows = await unit.deliveries.presumeSent(lastAt)
    }
    await unit.sendingState.open('held', now)
    return setAside
  })
  // From here on the copy is the truth: what it does not know is settled.
  await ports.handoverLog.forget()
  return { setAside }
}
