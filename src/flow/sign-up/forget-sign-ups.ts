import { UNCONFIRMED_SIGN_UP_MS } from '../../core/retention.ts'
import { pauseAfterSlice } from '../pause-after-slice.ts'
import type { Ports } from '../ports/ports.ts'
import { scrubRecoveryLog } from '../scrub-recovery-log.ts'

/** Deleted in one commit. */
const SLICE = 100

/**
 * Deletes sign-ups that nobody confirmed in time, declined ones too, with their deliveries, and with the learner where
 * nothing else is known of them. A slice at a time; may run in several processes, and be ended at any time. Returns how many.
 */
export async function forgetSignUps(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  signal: AbortSignal,
): Promise<number> {
  let forgotten = 0
  while (!signal.aborted) {
    const start = performance.now()
    const before = ports.clock.now() - UNCONFIRMED_SIGN_UP_MS
    const count = await ports.store.transaction((unit) => unit.signUps.forgetUnconfirmed(before, SLICE))
    forgotten += count
    if (count < SLICE) break
    await pauseAfterSlice(start, signal)
  }
  if (forgotten > 0) await scrubRecoveryLog(ports)
  return forgotten
}
