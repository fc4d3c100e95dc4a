import { continueEnrolment } from '../enrolment/continue-enrolment.ts'
import type { Ports } from '../ports/ports.ts'

/** More ids than any installation assigns between two backups. */
const IDS_TO_SKIP = 1_000_000

/**
 * Compares the database with the handovers remembered outside it. A database without the last handover is an older
 * copy, and its planned rows may already have been sent, so all sending is held until an operator decides. Returns
 * whether it is held for this reason.
 */
export async function holdIfRestored(ports: Pick<Ports, 'clock' | 'store' | 'log' | 'handoverLog'>): Promise<boolean> {
  for (const handover of await ports.handoverLog.last()) {
    if (await ports.store.deliveries.hasReached(handover.deliveryId, handover.fence)) continue
    const reason =
      `the database is older than the last email sent: it has no record of a message handed over at ` +
      `${new Date(handover.at).toISOString()}. Was it restored from a backup? Sending is on hold until you run: npm run mail -- release`
    // Links and Message-IDs contain ids. Ids assigned after the copy was made belong to other people, so they are
    // skipped.
    if ((await ports.store.sendingState.status()).state !== 'held') await ports.store.skipIds(IDS_TO_SKIP)
    await ports.store.sendingState.hold(reason, ports.clock.now())
    ports.log.error({ lastHandover: new Date(handover.at).toISOString() }, reason)
    return true
  }
  return false
}

export interface Released {
  /** Rows that were due before the last known handover; they are set aside instead of being sent. */
  readonly setAside: number
}

/**
 * Applies the operator's decision after a restore. Rows due before the last known handover may have been sent, so they
 * become `unconfirmed` and are listed for the operator. All later rows are sent as planned.
 */
export async function releaseHold(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'handoverLog'>,
): Promise<Released> {
  const handovers = await ports.handoverLog.last()
  const now = ports.clock.now()
  const setAside = await ports.store.transaction(async (unit) => {
    const status = await unit.sendingState.status()
    if (status.state !== 'held') return 0
    // Without a remembered handover, everything due before the hold may have been sent.
    const lastAt = handovers.length > 0 ? Math.max(...handovers.map((handover) => handover.at)) : status.since
    let setAside = 0
    // Presuming the last lesson sent plans its follow-up, which may also have been due before that handover, and so on.
    for (let rows = await unit.deliveries.presumeSent(lastAt); rows.length > 0; ) {
      setAside += rows.length
      for (const row of rows) await continueEnrolment(ports, unit, row, now)
      rows = await unit.deliveries.presumeSent(lastAt)
    }
    await unit.sendingState.open('held', now)
    return setAside
  })
  // The restored database is authoritative from now on, so the remembered handovers are no longer needed.
  await ports.handoverLog.forget()
  return { setAside }
}
