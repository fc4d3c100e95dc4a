import { meetsThreshold, POLICY_HOLD, POLICY_PAUSE, sentWithinDay } from '../../core/sending/pause-evidence.ts'
import type { Ports } from '../ports/ports.ts'
import { collectEvidence } from './collect-evidence.ts'
import { utcDay } from './reputation.ts'
import { pauseForRejections } from './sending-state.ts'

const DAY_MS = 86_400_000
const PAUSE_MS = 15 * 60_000

/** Called after a report of a policy rejection: pauses sending if enough confirmed learners' servers reject it. */
export async function pauseForPolicyReports(ports: Pick<Ports, 'clock' | 'store' | 'log'>): Promise<void> {
  const { reputation, sendingState } = ports.store
  const now = ports.clock.now()
  const [today, both, status] = await Promise.all([
    reputation.since(utcDay(now)),
    reputation.since(utcDay(now) - 1),
    sendingState.status(),
  ])
  const sent = sentWithinDay({ today: today.sent, yesterday: both.sent - today.sent }, now)
  // Reports from before sending was resumed do not pause it again.
  const since = status.state === 'open' ? Math.max(now - DAY_MS, status.since) : now - DAY_MS
  const evidence = await collectEvidence(ports, 'stream', since, sent, POLICY_PAUSE)
  if (evidence === null || !meetsThreshold(evidence, POLICY_PAUSE)) return
  const isForPerson = meetsThreshold(evidence, POLICY_HOLD)
  const who = `servers of ${evidence.learners} learners at ${evidence.domains} domains`
  await pauseForRejections(ports, `${who} refused email for its sender or content`, isForPerson ? null : PAUSE_MS)
}
