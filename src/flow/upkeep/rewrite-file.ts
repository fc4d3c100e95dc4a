import type { Ports } from '../ports/ports.ts'
import { scrubRecoveryLog } from '../scrub-recovery-log.ts'

/** Larger files are not rewritten while the service runs, because it would block writes for more than a second. */
export const MAX_REWRITE_BYTES = 64 * 1024 * 1024
const EVERY_MS = 24 * 3_600_000

/**
 * Rewrites the database file after something was erased or encrypted, because rows leave copies in unused parts of
 * pages when they move. At most once a day.
 */
export async function rewriteFile(
  ports: Pick<Ports, 'clock' | 'store' | 'log'>,
  limit = MAX_REWRITE_BYTES,
): Promise<void> {
  const now = ports.clock.now()
  const last = await ports.store.heartbeats.last('rewrite')
  if ((last !== null && Math.abs(now - last) < EVERY_MS) || !(await ports.store.isRewriteDue())) return
  const done = await ports.store.rewrite(limit)
  await ports.store.heartbeats.beat('rewrite', now)
  if (done) return scrubRecoveryLog(ports)
  ports.log.warn(
    {},
    'unused pages of the database file may still contain erased or newly encrypted data: stop the service and run npm run migrate -- --rewrite',
  )
}
