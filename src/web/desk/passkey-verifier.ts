import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { takePasskeyChallenge } from '../../flow/desk/passkeys.ts'
import type { Operator, Passkey } from '../../flow/ports/desk-ports.ts'
import type { Site } from '../page/site.ts'
import { deskWords } from './desk-visit.ts'

/** Loaded with the first passkey: its thousand modules are two fifths of all that a start would load. */
const library = () => import('@simplewebauthn/server')

/** EdDSA, ES256 and RS256: what authenticators have (RFC 8152 section 8, RFC 8812 section 2). */
const ALGORITHMS = [-8, -7, -257]

/** Passkeys (WebAuthn level 3) belong to this host, and work on pages of this origin only. */
function partyOf({ settings }: Site): { readonly id: string; readonly origin: string } {
  const { origin, hostname } = new URL(settings.publicUrl.href)
  return { id: hostname, origin }
}

/** Browsers have passkeys over https and on localhost, but not for a bare IP address. */
export function canHavePasskeys(site: Site): boolean {
  const { id, origin } = partyOf(site)
  const isAddress = /^[\d.]+$|^\[/.test(id)
  return !isAddress && (origin.startsWith('https:') || id === 'localhost' || id.endsWith('.localhost'))
}

/** Names no passkey, so that nobody can find out who has one: the browser offers what it has. */
export async function signInOptions(site: Site, challenge: string) {
  const { generateAuthenticationOptions } = await library()
  return generateAuthenticationOptions({
    rpID: partyOf(site).id,
    challenge: Buffer.from(challenge, 'base64url'),
    userVerification: 'required',
  })
}

/** Checks the browser's answer against a stored passkey: the new counter, or null for a wrong answer. */
export function verifySignIn(site: Site, answer: AuthenticationResponseJSON) {
  return async (passkey: Passkey): Promise<number | null> => {
    const { id, origin } = partyOf(site)
    const { verifyAuthenticationResponse } = await library()
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: answer,
        expectedChallenge: (challenge) => takePasskeyChallenge(site.ports, challenge, null),
        expectedOrigin: origin,
        expectedRPID: id,
        requireUserVerification: true,
        credential: {
          id: passkey.id,
          publicKey: Buffer.from(passkey.publicKey, 'base64url'),
          counter: passkey.counter,
          transports: [...passkey.transports],
        },
      })
      return verified ? authenticationInfo.newCounter : null
    } catch {
      // It throws for everything that a stranger can send.
      return null
    }
  }
}

export async function registrationOptions(
  site: Site,
  operator: Operator,
  { challenge, known }: { readonly challenge: string; readonly known: readonly Passkey[] },
) {
  const { generateRegistrationOptions } = await library()
  return generateRegistrationOptions({
    rpName: deskWords(site).say('desk.name'),
    rpID: partyOf(site).id,
    userName: operator.address ?? '',
    userID: Buffer.from(`operator ${operator.id}`),
    challenge: Buffer.from(challenge, 'base64url'),
    excludeCredentials: known.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  })
}

/** The passkey of a browser's answer, to be stored; null for a wrong answer. */
export async function verifyRegistration(
  site: Site,
  operatorId: number,
  answer: RegistrationResponseJSON,
): Promise<Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'transports'> | null> {
  const { id, origin } = partyOf(site)
  const { verifyRegistrationResponse } = await library()
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: answer,
      expectedChallenge: (challenge) => takePasskeyChallenge(site.ports, challenge, operatorId),
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (registrationInfo === undefined) return null
    const { credential } = registrationInfo
    return {
      id: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: credential.transports ?? [],
    }
  } catch {
    return null
  }
}
