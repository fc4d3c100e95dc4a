import { continueEnrolment } from '../enrolment/continue-enrolment.ts'
import type { Ports } from '../ports/ports.ts'
import type { SendingStatus } from '../ports/sending-ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** More ids than any installation assigns between two backups. */
export const IDS_TO_SKIP = 1_000_000

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
    const status = await ports.store.sendingState.status()
    // The other database knows the last email, and this one must not be released by mistake.
    if (isElsewhere(status)) return true
    // Links and Message-IDs contain ids. Ids assigned after the copy was made belong to other people, so they are
    // skipped.
    if (status.state !== 'held' || status.cause !== 'restored') await ports.store.skipIds(IDS_TO_SKIP)
    await ports.store.sendingState.hold(reason, 'restored', ports.clock.now())
    ports.log.error({ lastHandover: new Date(handover.at).toISOString() }, reason)
    return true
  }
  return false
}

export interface Released {
  /** Rows that were due before the last known handover; they are set aside instead of being sent. */
  readonly setAside: number
  /** Whether the hold is over. If not, another database is in use, or will be. */
  readonly isReleased: boolean
}

/**
 * Applies the operator's decision after a hold. After a restore, rows due before the last known handover may have been sent, so
 * they become `unconfirmed` and are listed for the operator. All later rows are sent as planned. A database that was moved, or
 * is being moved, is released only if `anyway`. `record` is called within the transaction that ends the hold.
 */
export async function releaseHold(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'handoverLog'>,
  { anyway }: { anyway: boolean },
  record: (unit: Repositories, setAside: number) => Promise<void> = async () => {},
): Promise<Released> {
  const handovers = await ports.handoverLog.last()
  const now = ports.clock.now()
  const before = await ports.store.sendingState.status()
  if (isElsewhere(before) && !anyway) return { setAside: 0, isReleased: false }
  const since = await handoversSinceCopy(ports, handovers, before)
  if ((before.cause === 'operator' || before.cause === 'moved-here') && since.length === 0)
    return ports.store.transaction(async (unit) => {
      const isReleased = await unit.sendingState.open('held', now)
      if (isReleased) await record(unit, 0)
      return { setAside: 0, isReleased }
    })
  const setAside = await ports.store.transaction(async (unit) => {
    const status = await unit.sendingState.status()
    if (status.state !== 'held') return 0
    // A handover that the copy knows says nothing about the time after it: everything due before the hold may have been sent.
    const lastAt = since.length > 0 ? Math.max(...handovers.map((handover) => handover.at)) : status.since
    let setAside = 0
    // Presuming the last lesson sent plans its follow-up, which may also have been due before that handover, and so on.
    for (let rows = await unit.deliveries.presumeSent(lastAt); rows.length > 0; ) {
      setAside += rows.length
      for (const row of rows) await continueEnrolment(ports, unit, row, now)
      rows = await unit.deliveries.presumeSent(lastAt)
    }
    await unit.sendingState.open('held', now)
    await record(unit, setAside)
    return setAside
  })
  // The restored database is authoritative from now on, so the remembered handovers are no longer needed.
  await ports.handoverLog.forget()
  return { setAside, isReleased: true }
}

function isElsewhere({ state, cause }: SendingStatus): boolean {
  return state === 'held' && (cause === 'moving' || cause === 'moved-away')
}

type Handovers = Awaited<ReturnType<Ports['handoverLog']['last']>>

/**
 * Those of which the database has no record. After a restore also those since the backup: the ids that are left out look like
 * erased ones.
 */
async function handoversSinceCopy(
  ports: Pick<Ports, 'store'>,
  handovers: Handovers,
  { cause }: SendingStatus,
): Promise<Handovers> {
  const copiedAt = cause === 'restored' ? await ports.store.heartbeats.last('backup') : null
  const reached = await Promise.all(
    handovers.map(({ deliveryId, fence }) => ports.store.deliveries.hasReached(deliveryId, fence)),
  )
  return handovers.filter(({ at }, index) => !reached[index] || (copiedAt !== null && at > copiedAt))
}
