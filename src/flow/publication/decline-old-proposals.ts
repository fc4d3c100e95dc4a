import type { Ports } from '../ports/ports.ts'
import { oldestOpenProposal } from './own-publication.ts'

/** A proposal without an answer in time counts as declined. */
export async function declineOldProposals(ports: Pick<Ports, 'clock' | 'store'>): Promise<void> {
  const { clock, store } = ports
  await store.publications.declineProposedBefore(oldestOpenProposal(ports), clock.now())
}
