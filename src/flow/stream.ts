import type { Ports } from './ports.ts'

export type Pass = { readonly kind: 'open' | 'probe' } | { readonly kind: 'closed'; readonly until: number }

/** Attempts in a row that find no relay before sending pauses. */
export const FAILURES_BEFORE_PAUSE = 5
const PROBE_EVERY_MS = 60_000

/** Whether this worker may send now; while paused, one caller a minute is let through as a probe. */
export async function passStream(ports: Ports, now: number): Promise<Pass> {
  const status = await ports.store.stream.status()
  if (status.state === 'open') return { kind: 'open' }
  if (status.state === 'paused' && (await ports.store.stream.takeProbe(now, now + PROBE_EVERY_MS)))
    return { kind: 'probe' }
  return { kind: 'closed', until: Math.max(status.probeAt ?? 0, now + PROBE_EVERY_MS) }
}

/** The relay took a message, or judged an address: it works. */
export async function streamWorks(ports: Ports): Promise<void> {
  const status = await ports.store.stream.status()
  if (status.failures > 0) await ports.store.stream.clearFailures()
  // Without probes it is paused for what others say of our mail, which a relay that takes it does not disprove.
  if (status.state !== 'paused' || status.probeAt === null) return
  if (await ports.store.stream.open('paused', ports.clock.now()))
    ports.log.warn({ pausedFor: ports.clock.now() - status.since }, 'mail flows again: the relay took a message')
}

/** The relay, not a person, is at fault. At once for a refusal of the sender, after several in a row for a relay that is away. */
export async function streamFails(ports: Ports, reason: string, options: { atOnce: boolean }): Promise<void> {
  const failures = await ports.store.stream.countFailure()
  if (!options.atOnce && failures < FAILURES_BEFORE_PAUSE) return
  const now = ports.clock.now()
  if (await ports.store.stream.pause(reason, now, now + PROBE_EVERY_MS))
    ports.log.error(
      { reason },
      'sending is paused: the mail relay refuses or cannot be reached. One probe a minute; it resumes by itself when one succeeds',
    )
}

/** Recipients' servers, not the relay, mind our mail. Pauses for `waitMs` before the first probe, or with null until a person resumes. */
export async function streamMinded(ports: Ports, reason: string, waitMs: number | null): Promise<void> {
  const now = ports.clock.now()
  const { stream } = ports.store
  const paused =
    waitMs === null ? await stream.pauseForPerson(reason, now) : await stream.pause(reason, now, now + waitMs)
  if (!paused) return
  ports.log.error(
    { reason },
    waitMs === null
      ? 'sending is paused until a person looks: mend the cause, then: npm run mail -- resume'
      : `sending is paused for ${Math.round(waitMs / 60_000)} minutes: a recipient's server refused a message for what we are, not for whom it was`,
  )
}
