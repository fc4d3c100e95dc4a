import type { Ports } from '../ports/ports.ts'
import { describeRefusals } from './sending-state.ts'

export interface ReadinessCheck {
  readonly ok: boolean
  /** A sentence for the operator. */
  readonly say: string
}

/** Due work unclaimed for this long means that no worker is running. */
const OVERDUE_MS = 90_000

/**
 * What the service depends on: database, queue, whether sending is allowed, and whether due deliveries are being
 * claimed.
 */
export async function checkReadiness(
  ports: Pick<Ports, 'clock' | 'store' | 'wakeUps'>,
): Promise<{ ok: boolean; checks: Record<'database' | 'redis' | 'mail' | 'claims' | 'messages', ReadinessCheck> }> {
  const [database, redis, mail, claims, messages] = await Promise.all([
    attempt(() => checkDatabase(ports)),
    attempt(() => checkRedis(ports)),
    attempt(() => checkMail(ports)),
    attempt(() => checkClaims(ports)),
    attempt(() => checkMessages(ports)),
  ])
  const checks = { database, redis, mail, claims, messages }
  return { ok: Object.values(checks).every((check) => check.ok), checks }
}

async function checkDatabase(ports: Pick<Ports, 'clock' | 'store'>): Promise<ReadinessCheck> {
  await ports.store.heartbeats.beat('probe', ports.clock.now())
  return { ok: true, say: 'the database is writable' }
}

async function checkRedis(ports: Pick<Ports, 'wakeUps'>): Promise<ReadinessCheck> {
  return (await ports.wakeUps.isAlive())
    ? { ok: true, say: 'Redis answers' }
    : { ok: false, say: 'Redis is not responding; lessons are still sent by the sweep, up to a minute late' }
}

async function checkMail(ports: Pick<Ports, 'store'>): Promise<ReadinessCheck> {
  const status = await ports.store.sendingState.status()
  if (status.state === 'open') {
    // Reported without failing: rejections caused by strangers' addresses must not take the site out of service.
    const refusals = await describeRefusals(ports)
    return { ok: true, say: refusals === null ? 'email is being sent' : `email is being sent; ${refusals}` }
  }
  const since = new Date(status.since).toISOString()
  return { ok: false, say: `mail is ${status.state} since ${since}: ${status.reason}` }
}

async function checkClaims(ports: Pick<Ports, 'clock' | 'store'>): Promise<ReadinessCheck> {
  const now = ports.clock.now()
  const sending = await ports.store.sendingState.status()
  if (sending.state !== 'open') return { ok: true, say: `nothing to claim: sending is ${sending.state}` }
  const oldest = await ports.store.deliveries.oldestDue(now)
  const claimed = await ports.store.heartbeats.last('claim')
  const age = claimed === null ? 'never' : `${Math.round((now - claimed) / 1000)} s ago`
  const isStuck =
    oldest !== null && now - oldest > OVERDUE_MS && (claimed === null || Math.abs(now - claimed) > OVERDUE_MS)
  return isStuck
    ? {
        ok: false,
        say: `deliveries have been overdue for ${Math.round((now - oldest) / 1000)} s; last claim: ${age}. Is a worker running?`,
      }
    : { ok: true, say: `last claim: ${age}` }
}

async function checkMessages(ports: Pick<Ports, 'clock' | 'store'>): Promise<ReadinessCheck> {
  const say = await describeUnbuiltMessages(ports)
  return say === null ? { ok: true, say: 'every message could be built' } : { ok: false, say }
}

const UNBUILT_SHOWN_MS = 24 * 3_600_000

/** Reasons why messages could not be built in the last 24 hours; null if there were none. */
export async function describeUnbuiltMessages(ports: Pick<Ports, 'clock' | 'store'>): Promise<string | null> {
  const found = await ports.store.unbuiltMessages.since(ports.clock.now() - UNBUILT_SHOWN_MS)
  if (found.length === 0) return null
  const count = found.reduce((sum, one) => sum + one.count, 0)
  const messages = count === 1 ? '1 message' : `${count} messages`
  return `${messages} of the last 24 hours could not be built: ${found[0]?.reason} Fix that and restart the worker; it will retry them`
}

async function attempt(check: () => Promise<ReadinessCheck>): Promise<ReadinessCheck> {
  try {
    return await check()
  } catch (error) {
    return { ok: false, say: error instanceof Error ? error.message : String(error) }
  }
}
