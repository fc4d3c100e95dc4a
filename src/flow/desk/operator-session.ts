import {
  isFreshSignIn,
  isOperatorSessionOver,
  OPERATOR_SESSION_IDLE,
  OPERATOR_SESSION_MAX_AGE,
  OPERATOR_SESSION_TOUCH,
  type OperatorSession,
  type SignInMeans,
} from '../../core/desk/operator-session.ts'
import { newSession, sessionHash } from '../../core/security/session-hash.ts'
import type { Operator } from '../ports/desk-ports.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { type RecordPorts, recordAct } from './record-act.ts'

const ID_BYTES = 9
/** Links and challenges that expired are kept this long, ms: longer than the window of the limit on links. */
const LINKS_KEPT = 24 * 3_600_000

/** Somebody who is signed in. */
export interface SignedIn {
  readonly operator: Operator
  readonly session: OperatorSession
  /** Whether the sign-in is recent enough for what changes roles or takes data away. */
  readonly isFresh: boolean
  /** The courses whose questions they answer, whatever their role. */
  readonly answersFor: readonly string[]
}

/** Who a cookie belongs to; null if its session is over or was ended. The last use is written every few minutes. */
export async function findSignedIn(
  ports: Pick<Ports, 'clock' | 'store'>,
  secret: string | null,
): Promise<SignedIn | null> {
  if (secret === null) return null
  const now = ports.clock.now()
  const session = await ports.store.operatorSessions.find(sessionHash(secret))
  if (session === null || isOperatorSessionOver(session, now)) return null
  const operator = await ports.store.operators.byId(session.operatorId)
  if (operator === null) return null
  if (now >= session.lastUsedAt + OPERATOR_SESSION_TOUCH) await ports.store.operatorSessions.touch(session.hash, now)
  const answersFor = await ports.store.answersFor.coursesOf(operator.id)
  return { operator, session, isFresh: isFreshSignIn(session, now), answersFor }
}

/**
 * Opens a session within the caller's transaction. The secret is always new and the browser's previous session ends, which
 * prevents session fixation. Returns the secret for the cookie.
 */
export async function openOperatorSession(
  ports: RecordPorts,
  unit: Repositories,
  operator: Operator,
  means: SignInMeans,
  before: string | null,
): Promise<string> {
  if (before !== null) await unit.operatorSessions.end(sessionHash(before))
  const secret = newSession(ports.randomBytes)
  const now = ports.clock.now()
  const id = Buffer.from(ports.randomBytes(ID_BYTES)).toString('base64url')
  const times = { openedAt: now, lastUsedAt: now }
  await unit.operatorSessions.open({ hash: sessionHash(secret), id, operatorId: operator.id, means, ...times })
  await recordAct(ports, unit, { operatorId: operator.id, act: 'sign-in', details: { means } })
  return secret
}

/** Ends the session of a cookie. Idempotent. */
export async function signOut(ports: Pick<Ports, 'store'>, secret: string): Promise<void> {
  await ports.store.operatorSessions.end(sessionHash(secret))
}

/** Ends one of the operator's own sessions, in whatever browser. False if it is none of them. */
export async function endOperatorSession(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  id: string,
): Promise<boolean> {
  return ports.store.transaction(async (unit) => {
    if (!(await unit.operatorSessions.endById(id, operatorId))) return false
    await recordAct(ports, unit, { operatorId, act: 'end-session' })
    return true
  })
}

/** Deletes sessions, links and challenges that are over. */
export async function forgetOperatorSessions(ports: Pick<Ports, 'clock' | 'store'>): Promise<void> {
  const now = ports.clock.now()
  await ports.store.operatorSessions.forget({
    openedBefore: now - OPERATOR_SESSION_MAX_AGE,
    usedBefore: now - OPERATOR_SESSION_IDLE,
    madeBefore: now - LINKS_KEPT,
  })
}
