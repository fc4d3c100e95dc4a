import { type Evidence, learnersNeeded, registrableDomain, type Threshold } from '../../core/sending/pause-evidence.ts'
import type { Ports } from '../ports/ports.ts'
import type { BounceKind } from '../ports/report-ports.ts'

/** The evidence from confirmed learners' reports of this kind; null if there cannot be enough. */
export async function collectEvidence(
  ports: Pick<Ports, 'store'>,
  kind: BounceKind,
  since: number,
  sent: number,
  threshold: Threshold,
): Promise<Evidence | null> {
  const { reports } = ports.store
  // A count on an index only, which is enough for most reports.
  if ((await reports.countSince(kind, since)) < learnersNeeded(threshold, sent)) return null
  const byDomain = await reports.confirmedByDomain(kind, since)
  return {
    learners: byDomain.reduce((sum, { learners }) => sum + learners, 0),
    domains: new Set(byDomain.map(({ domain }) => registrableDomain(domain))).size,
    sent,
  }
}
