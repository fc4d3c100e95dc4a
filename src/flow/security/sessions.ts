import { AppError } from '../../core/errors.ts'
import { ADDRESS_CHANGE_KEPT_MS, ADDRESS_UNDO_DAYS, ADDRESS_UNDO_MS } from '../../core/retention.ts'
import {
  isFresh,
  isOver,
  SESSION_IDLE,
  SESSION_MAX_AGE,
  SESSION_TOUCH,
  type Session,
} from '../../core/security/session.ts'
import { newSession, sessionHash } from '../../core/security/session-hash.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** Limit per learner and kind; one more closes the session that was unused the longest. What it wrote stays. */
const MAX_OPEN_SESSIONS = 20
const SLICE = 500
/** Longer than the window of any limit on emailed links. */
const LINKS_KEPT = 2 * 86_400_000

/**
 * The learner's valid session for a cookie, or null if it is expired, idle for too long, or another learner's. Its last
 * use is updated once an hour. `unit`: the repositories of the current transaction, otherwise the store.
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

/** Opens a session on saving through a lesson link. Returns the secret for the cookie. */
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
 * Opens a session after proof of access to the learner's inbox. The secret is always new, and any session of the
 * browser's previous cookie ends, which prevents session fixation. After a change of address it reads no more than
 * `limitOfLinks` says, unless more than the link was given (`readsAll`): the reading word or a recovery code. Returns the secret for the cookie.
 */
export async function openOwnSession(
  ports: Pick<Ports, 'clock' | 'randomBytes'>,
  unit: Repositories,
  learnerId: number,
  before: string | null,
  { readsAll = false }: { readonly readsAll?: boolean } = {},
): Promise<string> {
  const now = ports.clock.now()
  if (before !== null) await unit.sessions.end(sessionHash(before))
  const secret = newSession(ports.randomBytes)
  const readsFrom = readsAll ? null : await limitOfLinks(ports, unit, learnerId)
  await unit.sessions.open({ hash: sessionHash(secret), learnerId, kind: 'own', now, readsFrom })
  await unit.sessions.endAllBut(learnerId, 'own', MAX_OPEN_SESSIONS)
  return secret
}

/**
 * The instant (ms UTC) before which links to a new address open nothing that was written; null if they open everything. It
 * holds for a week after a change by the learner, and for good after a correction by an operator.
 */
export async function limitOfLinks(
  ports: Pick<Ports, 'clock'>,
  unit: Pick<Repositories, 'addressChanges' | 'learners'>,
  learnerId: number,
): Promise<number | null> {
  const corrected = await unit.learners.linksReadFrom(learnerId)
  if (corrected !== null) return corrected
  const changedAt = (await unit.addressChanges.latest(learnerId))?.changedAt ?? null
  return changedAt !== null && ports.clock.now() < changedAt + ADDRESS_UNDO_MS ? changedAt : null
}

/**
 * Required for irreversible actions. Fails with `not-fresh`, for which the page offers a link by email, and with `not-yet`
 * where such a link does not help, because the address has just changed.
 */
export function requireFreshSession(ports: Pick<Ports, 'clock'>, session: Session | null): Session {
  if (session !== null && isFresh(session, ports.clock.now())) return session
  throw refusalOf(session)
}

/** Required for what only the learner may see and change, however long the session is open. Fails in the same ways. */
export function requireOwnSession(session: Session | null): Session {
  if (session?.kind === 'own' && session.readsFrom === null) return session
  throw refusalOf(session)
}

function refusalOf(session: Session | null): AppError {
  if (session !== null && session.readsFrom !== null)
    return new AppError('not-yet', phrase('address.wait', { days: ADDRESS_UNDO_DAYS }))
  return new AppError('not-fresh', phrase('errors.not-fresh'))
}

/** Ends the session on the server, so that its cookie is worthless. Idempotent. */
export async function endSession(ports: Pick<Ports, 'store'>, secret: string): Promise<void> {
  await ports.store.sessions.end(sessionHash(secret))
}

/** Deletes expired sessions, records of expired links and addresses that asked for a way back and have no course, in slices, so that other writers need not wait. */
export async function forgetSessions(ports: Pick<Ports, 'clock' | 'store'>): Promise<void> {
  const now = ports.clock.now()
  // Before the records by which they are found.
  await ports.store.learners.forgetStrangers(now - LINKS_KEPT)
  const changes = { madeBefore: now - ADDRESS_UNDO_MS, keptSince: now - ADDRESS_CHANGE_KEPT_MS }
  await ports.store.transaction((unit) => unit.addressChanges.forget(changes))
  const over = { openedBefore: now - SESSION_MAX_AGE, usedBefore: now - SESSION_IDLE }
  while ((await ports.store.sessions.forget(over, SLICE)) >= SLICE);
  while ((await ports.store.emailedLinks.forget(now - LINKS_KEPT, SLICE)) >= SLICE);
}
