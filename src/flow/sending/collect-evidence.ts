import { type Evidence, learnersNeeded, registrableDomain, type Threshold } from '../../core/sending/pause-evidence.ts'
import type { Ports } from '../ports/ports.ts'
import type { BounceKind } from '../ports/report-ports.ts'

/** What confirmed learners' reports of this kind weigh; null where there cannot be enough. */
export async function collectEvidence(
  ports: Pick<Ports, 'store'>,
  kind: BounceKind,
  since: number,
  sent: number,
  threshold: Threshold,
): Promise<Evidence | null> {
  const { reports } = ports.store
  // Counted in an index alone: most reports end here.
  if ((await reports.countSince(kind, since)) < learnersNeeded(threshold, sent)) return null
  const byDomain = await reports.confirmedByDomain(kind, since)
  return {
    learners: byDomain.reduce((sum, { learners }) => sum + learners, 0),
    domains: new Set(byDomain.map(({ domain }) => registrableDomain(domain))).size,
    sent,
  }
}
