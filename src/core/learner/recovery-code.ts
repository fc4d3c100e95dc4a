import type { SecretKeys } from '../security/keys.ts'
import { mac } from '../security/mac.ts'

type RecoveryKey = Pick<SecretKeys, 'recovery'>

/** Crockford's base32: no letter looks like a digit, and no word can appear. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 80 bits: with the limits on attempts, nobody finds one by trying. */
const LENGTH = 16
const GROUP = 4

/**
 * The code with which somebody who reads on the web only finds their courses again, such as `7KQM-2F9A-XW4T-0HNC`. It is
 * derived and not stored, so that the settings can show it again; `round` counts how often it was replaced.
 */
export function recoveryCode(keys: RecoveryKey, learnerId: number, round: number): string {
  const bytes = mac(keys.recovery, `code ${learnerId} ${round}`)
  // 256 is a multiple of 32, so every character is equally likely.
  const characters = Array.from(bytes.subarray(0, LENGTH), (byte) => ALPHABET[byte % ALPHABET.length])
  return characters.join('').replace(new RegExp(`.{${GROUP}}(?!$)`, 'g'), '$&-')
}

/** The hash under which a code is stored, base64url; null for a text that is none. Reads what people type and copy. */
export function recoveryHash(keys: RecoveryKey, typed: string): string | null {
  if (typed.length > 4 * LENGTH) return null
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  if (code.length !== LENGTH || [...code].some((character) => !ALPHABET.includes(character))) return null
  return mac(keys.recovery, `hash ${code}`).toString('base64url')
}
