import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** What becomes of a report that was set aside: it is tried again from the start, or deleted unread. */
export type ReportDecision = 'again' | 'drop'

/** Most that is decided at once, oldest first. */
export const MOST_DECIDED = 1_000

/** The result of each id: false where it is not set aside. `all`: the oldest ones, `MOST_DECIDED` at most. */
export async function decideReports(
  ports: Pick<Ports, 'clock'>,
  { mailEvents }: Pick<Repositories, 'mailEvents'>,
  ids: readonly number[] | 'all',
  decision: ReportDecision,
): Promise<ReadonlyMap<number, boolean>> {
  const chosen = ids === 'all' ? (await mailEvents.listSetAside(MOST_DECIDED)).map(({ id }) => id) : ids
  const decided = new Map<number, boolean>()
  for (const id of chosen)
    decided.set(id, decision === 'again' ? await mailEvents.tryAgain(id) : await mailEvents.drop(id, ports.clock.now()))
  return decided
}
