import { PRINTED_LINK_MINUTES, SIGN_IN_LINK_MINUTES } from '../../core/desk/operator-session.ts'
import { AppError } from '../../core/errors.ts'
import { addressKey } from '../../core/security/keys.ts'
import { newSession, sessionHash } from '../../core/security/session-hash.ts'
import { phrase } from '../../core/words.ts'
import type { Operator } from '../ports/desk-ports.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { deskUrlOf } from './desk-url.ts'
import { type OperatorEmailPorts, sendOperatorEmail } from './operator-email.ts'
import { openOperatorSession } from './operator-session.ts'
import { type RecordPorts, recordAct } from './record-act.ts'

const MINUTE_MS = 60_000
/** Emailed links for one operator within an hour. */
const MAX_LINKS_AN_HOUR = 5

/**
 * Emails a link to the operator with this address, if there is one and the limit is not reached. Returns nothing, and the
 * caller answers before it is called, so that neither answer nor time says whether there is one.
 */
export async function requestSignIn(
  ports: OperatorEmailPorts & Pick<Ports, 'keys' | 'store'>,
  address: string,
): Promise<void> {
  const now = ports.clock.now()
  const operator = await ports.store.operators.byKey(addressKey(ports.keys, address))
  if (operator === null || operator.address === null) return
  const token = newSession(ports.randomBytes)
  const isWithinLimit = await ports.store.transaction(async ({ operatorSessions }) => {
    if ((await operatorSessions.countLinks(operator.id, now - 60 * MINUTE_MS)) >= MAX_LINKS_AN_HOUR) return false
    const expiresAt = now + SIGN_IN_LINK_MINUTES * MINUTE_MS
    await operatorSessions.addLink({ hash: sessionHash(token), operatorId: operator.id, now, expiresAt })
    return true
  })
  if (!isWithinLimit) return ports.log.warn({ operator: operator.id }, 'too many sign-in links for one operator')
  const link = deskUrlOf(ports, 'open', token)
  await sendOperatorEmail(ports, 'sign-in', operator.address, { link, minutes: SIGN_IN_LINK_MINUTES })
}

/**
 * A link for the terminal of the host: for this operator or, while there is no owner, for whoever opens it first (null).
 * Fails with `misconfigured` if there is no desk.
 */
export async function makePrintedLink(
  ports: RecordPorts & Pick<Ports, 'settings' | 'store'>,
  operatorId: number | null,
): Promise<string> {
  const now = ports.clock.now()
  const token = newSession(ports.randomBytes)
  const link = deskUrlOf(ports, 'open', token)
  await ports.store.transaction(async (unit) => {
    const expiresAt = now + PRINTED_LINK_MINUTES * MINUTE_MS
    await unit.operatorSessions.addLink({ hash: sessionHash(token), operatorId, now, expiresAt })
    const details = operatorId === null ? {} : { operator: operatorId }
    await recordAct(ports, unit, { operatorId: null, act: 'print-link', details })
  })
  return link
}

/** What the page behind a link shows. Changes nothing. Fails with `link-expired`. */
export async function viewSignInLink(
  ports: Pick<Ports, 'clock' | 'store'>,
  token: string,
): Promise<{ readonly asksAddress: boolean }> {
  const { operatorId } = await findLink(ports, ports.store, token)
  return { asksAddress: operatorId === null }
}

/**
 * Opens a session with a link, once. `address` is that of the first owner, if the link makes one. `before`: the secret of
 * the browser's previous session, which ends. Returns the secret for the cookie. Fails with `link-expired`, and with
 * `bad-input` if the address is missing.
 */
export async function openSignInLink(
  ports: RecordPorts & Pick<Ports, 'store'>,
  token: string,
  { address, before }: { readonly address: string | null; readonly before: string | null },
): Promise<string> {
  const now = ports.clock.now()
  return ports.store.transaction(async (unit) => {
    const { operatorId } = await findLink(ports, unit, token)
    if (operatorId === null && address === null) throw new AppError('bad-input', phrase('desk.errors.no-address'))
    if (!(await unit.operatorSessions.useLink(sessionHash(token), now))) throw linkExpired()
    const operator =
      operatorId === null ? await addFirstOwner(ports, unit, address ?? '') : await unit.operators.byId(operatorId)
    if (operator === null) throw linkExpired()
    return openOperatorSession(ports, unit, operator, 'link', before)
  })
}

async function findLink(ports: Pick<Ports, 'clock'>, unit: Repositories, token: string) {
  const link = await unit.operatorSessions.findLink(sessionHash(token))
  if (link === null || link.isUsed || link.expiresAt <= ports.clock.now()) throw linkExpired()
  if (link.operatorId === null && (await hasOwner(unit))) throw linkExpired()
  return link
}

async function addFirstOwner(
  ports: Pick<Ports, 'clock' | 'keys'>,
  unit: Repositories,
  address: string,
): Promise<Operator> {
  const key = addressKey(ports.keys, address)
  const known = await unit.operators.byKey(key)
  if (known === null) return unit.operators.add({ address, addressKey: key, role: 'owner', now: ports.clock.now() })
  await unit.operators.setRole(known.id, 'owner')
  return { ...known, role: 'owner' }
}

export async function hasOwner(unit: Pick<Repositories, 'operators'>): Promise<boolean> {
  return (await unit.operators.all()).some(({ role }) => role === 'owner')
}

function linkExpired(): AppError {
  return new AppError('link-expired', phrase('desk.errors.link-expired'))
}
