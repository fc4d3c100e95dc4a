import type { DailyFigures, WaitingCounts } from '../ports/desk-ports.ts'
import type { Ports } from '../ports/ports.ts'
import type { SendingStatus } from '../ports/sending-ports.ts'
import { senderReputation, utcDay } from '../sending/reputation.ts'
import { describeRefusals } from '../sending/sending-state.ts'
import { describeWarmUp } from '../sending/warm-up.ts'
import { viewUnbuiltMessages } from './deliveries/retry-unbuilt-messages.ts'
import { countSuppressed } from './edit-suppressions.ts'
import { MOST_COUNTED } from './most-counted.ts'

const DAYS_SHOWN = 30

export interface TodayView {
  /** ms UTC. */
  readonly now: number
  readonly sending: SendingStatus
  readonly counts: WaitingCounts & {
    /** Accepted by the relay since the UTC day began. */
    readonly sent: number
    /** Reports about sent emails that failed and wait for an operator. */
    readonly setAside: number
    /** Messages that could not be built. */
    readonly unbuilt: number
    /** Addresses that get no email. */
    readonly suppressed: number
  }
  /** Sentences for the operator about refusals, warm-up and reputation. */
  readonly remarks: readonly string[]
  readonly freeBytes: number | null
  readonly lastBackupAt: number | null
}

/** What is due, what waits and why. Numbers only. */
export async function viewToday(ports: Pick<Ports, 'clock' | 'host' | 'settings' | 'store'>): Promise<TodayView> {
  const { store, host } = ports
  const now = ports.clock.now()
  const [today] = await store.deskFigures.days(utcDay(now), utcDay(now), now)
  const { say } = await senderReputation(ports, now)
  return {
    now,
    sending: await store.sendingState.status(),
    counts: {
      ...(await store.deskFigures.countWaiting(now, MOST_COUNTED)),
      sent: today?.sent ?? 0,
      setAside: await store.mailEvents.countSetAside(),
      unbuilt: (await viewUnbuiltMessages(ports)).reduce((sum, { count }) => sum + count, 0),
      suppressed: await countSuppressed(ports),
    },
    remarks: [(await describeRefusals(ports)) ?? '', (await describeWarmUp(ports)) ?? '', say].filter(
      (remark) => remark !== '',
    ),
    freeBytes: await host.freeBytes(),
    lastBackupAt: await host.lastBackupAt(),
  }
}

/** The last thirty days with today, oldest first. */
export function viewDays(ports: Pick<Ports, 'clock' | 'store'>): Promise<readonly DailyFigures[]> {
  const now = ports.clock.now()
  return ports.store.deskFigures.days(utcDay(now) - DAYS_SHOWN + 1, utcDay(now), now)
}
