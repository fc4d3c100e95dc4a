import { AppError } from '../../core/errors.ts'
import {
  isFresh,
  isOver,
  SESSION_IDLE,
  SESSION_MAX_AGE,
  SESSION_TOUCH,
  type Session,
} from '../../core/security/session.ts'
import { newSession, sessionHash } from '../../core/security/session-hash.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** Open at a time for one learner, of each kind; with one more, the one used longest ago ends. What it wrote stays. */
const MAX_OPEN_SESSIONS = 20
const SLICE = 500
/** Longer than any limit that counts emailed links. */
const LINKS_KEPT = 2 * 86_400_000

/**
 * The learner's open session behind a cookie, or null: of no age, no idleness and no other learner's. A use is written
 * down once an hour. `unit`: inside a transaction the repositories handed to it, else the store.
 */
export async function findSession(
  ports: Pick<Ports, 'clock'>,
  unit: Repositories,
  learnerId: number,
  secret: string | null,
): Promise<Session | null> {
  if (secret === null) return null
  const now = ports.clock.now()
  const session = await unit.sessions.find(sessionHash(secret), learnerId)
  if (session === null || isOver(session, now)) return null
  if (now >= session.lastUsedAt + SESSION_TOUCH) await unit.sessions.touch(session.hash, learnerId, now)
  return session
}

/** Raised by saving through a lesson link. Gives the secret to set as the cookie. */
export async function openWriterSession(
  ports: Pick<Ports, 'clock' | 'randomBytes'>,
  unit: Repositories,
  learnerId: number,
): Promise<string> {
  const secret = newSession(ports.randomBytes)
  await unit.sessions.open({ hash: sessionHash(secret), learnerId, kind: 'writer', now: ports.clock.now() })
  await unit.sessions.endAllBut(learnerId, 'writer', MAX_OPEN_SESSIONS)
  return secret
}

/**
 * Raised by what only the learner's inbox holds. Always a new secret: whatever cookie the browser had gains nothing, and
 * what it stood for ends. Gives the secret to set as the cookie.
 */
export async function openOwnSession(
  ports: Pick<Ports, 'clock' | 'randomBytes'>,
  unit: Repositories,
  learnerId: number,
  before: string | null,
): Promise<string> {
  if (before !== null) await unit.sessions.end(sessionHash(before))
  const secret = newSession(ports.randomBytes)
  await unit.sessions.open({ hash: sessionHash(secret), learnerId, kind: 'own', now: ports.clock.now() })
  await unit.sessions.endAllBut(learnerId, 'own', MAX_OPEN_SESSIONS)
  return secret
}

/** For what cannot be taken back. Fails with `not-fresh`, for which the page offers a link by email. */
export function requireFreshSession(ports: Pick<Ports, 'clock'>, session: Session | null): Session {
  if (session !== null && isFresh(session, ports.clock.now())) return session
  throw new AppError('not-fresh', 'To do this, open the page with a new link from your email.')
}

/** Ends the session on the server: from then on its cookie shows nothing that was written. Repeated, it changes nothing. */
export async function endSession(ports: Pick<Ports, 'store'>, secret: string): Promise<void> {
  await ports.store.sessions.end(sessionHash(secret))
}

/** Deletes sessions that are over, and what was noted of links that ended long ago: in slices, so that nobody waits for it. */
export async function forgetSessions(ports: Pick<Ports, 'clock' | 'store'>): Promise<void> {
  const now = ports.clock.now()
  const over = { openedBefore: now - SESSION_MAX_AGE, usedBefore: now - SESSION_IDLE }
  while ((await ports.store.sessions.forget(over, SLICE)) >= SLICE);
  while ((await ports.store.emailedLinks.forget(now - LINKS_KEPT, SLICE)) >= SLICE);
}
