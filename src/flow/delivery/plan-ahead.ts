import type { Ports } from '../ports/ports.ts'
import type { WakeUp } from '../ports/wake-ups.ts'

const PAGE = 1_000
/** The horizon moves in steps, so that a sweep with nothing to plan needs only one query. */
const STEP_MS = 3_600_000

/** Ensures that every waiting row within the horizon has a wake-up, even after the queue was flushed or restarted. */
export async function planAhead(ports: Pick<Ports, 'store' | 'wakeUps' | 'settings'>, now: number): Promise<void> {
  const until = now + ports.settings.planningHorizonMs
  const plannedUntil = await ports.wakeUps.plannedUntil()
  if (plannedUntil !== null && until - plannedUntil < Math.min(STEP_MS, ports.settings.planningHorizonMs / 2)) return
  // The sweep delivers what is already overdue.
  await ports.wakeUps.planUpTo(pages(ports, plannedUntil ?? now, until), until)
}

async function* pages(ports: Pick<Ports, 'store'>, start: number, end: number): AsyncGenerator<readonly WakeUp[]> {
  let after: { dueAt: number; id: number } | null = null
  for (;;) {
    const page: readonly WakeUp[] = await ports.store.deliveries.upcoming({ start, end }, after, PAGE)
    if (page.length === 0) return
    yield page
    const last = page[page.length - 1] as WakeUp
    after = { dueAt: last.dueAt, id: last.id }
  }
}
