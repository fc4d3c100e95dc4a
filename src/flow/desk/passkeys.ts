import { PASSKEY_CHALLENGE_MS } from '../../core/desk/operator-session.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import type { Operator, Passkey } from '../ports/desk-ports.ts'
import type { Ports } from '../ports/ports.ts'
import { openOperatorSession } from './operator-session.ts'
import { type RecordPorts, recordAct } from './record-act.ts'

const MAX_PASSKEYS = 10
const CHALLENGE_BYTES = 32

/** A new challenge, base64url: to add a passkey for this operator, or to sign in (null). */
export async function newPasskeyChallenge(
  ports: Pick<Ports, 'clock' | 'randomBytes' | 'store'>,
  operatorId: number | null,
): Promise<string> {
  const challenge = Buffer.from(ports.randomBytes(CHALLENGE_BYTES)).toString('base64url')
  await ports.store.passkeys.addChallenge(challenge, operatorId, ports.clock.now())
  return challenge
}

/** Whether this challenge was made for this purpose a few minutes ago at most. True only once. */
export function takePasskeyChallenge(
  ports: Pick<Ports, 'clock' | 'store'>,
  challenge: string,
  operatorId: number | null,
): Promise<boolean> {
  return ports.store.passkeys.takeChallenge(challenge, operatorId, ports.clock.now() - PASSKEY_CHALLENGE_MS)
}

/** Keeps a passkey whose registration was verified. Fails with `too-many` if the operator has ten. */
export async function addPasskey(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  passkey: Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'transports'>,
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    if ((await unit.passkeys.ofOperator(operatorId)).length >= MAX_PASSKEYS)
      throw new AppError('too-many', phrase('desk.errors.too-many-passkeys', { most: MAX_PASSKEYS }))
    await unit.passkeys.add({ ...passkey, operatorId, now: ports.clock.now() })
    await recordAct(ports, unit, { operatorId, act: 'add-passkey' })
  })
}

/** False if the operator has no such passkey. */
export async function removePasskey(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  id: string,
): Promise<boolean> {
  return ports.store.transaction(async (unit) => {
    if (!(await unit.passkeys.remove(id, operatorId))) return false
    await recordAct(ports, unit, { operatorId, act: 'remove-passkey' })
    return true
  })
}

/**
 * Signs in by a passkey. `verify` checks the answer of the browser against the stored key and returns the new counter, or
 * null. Returns the secret for the cookie. Fails with `bad-link` for an unknown passkey or a wrong answer.
 */
export async function signInByPasskey(
  ports: RecordPorts & Pick<Ports, 'store'>,
  id: string,
  verify: (passkey: Passkey) => Promise<number | null>,
  before: string | null,
): Promise<string> {
  const passkey = await ports.store.passkeys.byId(id)
  const counter = passkey && (await verify(passkey))
  if (passkey === null || counter === null) throw passkeyRefused()
  return ports.store.transaction(async (unit) => {
    const operator: Operator | null = await unit.operators.byId(passkey.operatorId)
    if (operator === null) throw passkeyRefused()
    await unit.passkeys.noteUse(id, counter, ports.clock.now())
    return openOperatorSession(ports, unit, operator, 'passkey', before)
  })
}

export function passkeyRefused(): AppError {
  return new AppError('bad-link', phrase('desk.errors.passkey'))
}
