import { domainToASCII } from 'node:url'
import isEmail from 'validator/lib/isEmail.js'
import { type Phrase, phrase } from '../../core/words.ts'

/** RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3 as corrected: 64 octets before the @, 254 in total. */
export const MAX_ADDRESS_LENGTH = 254
const MAX_LOCAL_PART_LENGTH = 64
/** Limits the surrounding spaces. */
const MAX_TYPED_LENGTH = 1_000

export type CheckedEmail = { readonly address: string } | { readonly say: Phrase }

/**
 * Validates a single plain address and converts its domain to lower-case ASCII (IDNA); otherwise returns a phrase for
 * the person. Rejects lists, groups, display names, and quoted or non-ASCII local parts, because they must not reach an
 * email header.
 */
export function checkEmail(typed: string): CheckedEmail {
  if (typed.length > MAX_TYPED_LENGTH) return { say: phrase('sign-up.email-too-long', { max: MAX_ADDRESS_LENGTH }) }
  const email = withoutSpaces(typed)
  if (email === '') return { say: phrase('sign-up.email-missing') }
  if (/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u.test(email)) {
    return { say: phrase('sign-up.email-hidden') }
  }
  if (email.length > MAX_ADDRESS_LENGTH) return { say: phrase('sign-up.email-too-long', { max: MAX_ADDRESS_LENGTH }) }
  if (/[,;]/.test(email) || email.split('@').length > 2) return { say: phrase('sign-up.email-several') }
  if (/[<>:"()[\]\\ ]/.test(email)) return { say: phrase('sign-up.email-only') }
  const at = email.lastIndexOf('@')
  if (at < 1 || at === email.length - 1) return { say: phrase('sign-up.email-parts') }
  const local = email.slice(0, at)
  if (local.length > MAX_LOCAL_PART_LENGTH)
    return { say: phrase('sign-up.email-local-too-long', { max: MAX_LOCAL_PART_LENGTH }) }
  if (/[^\x21-\x7e]/.test(local)) return { say: phrase('sign-up.email-local-plain') }
  const domain = domainToASCII(email.slice(at + 1)).toLowerCase()
  const address = `${local}@${domain}`
  if (address.length > MAX_ADDRESS_LENGTH) return { say: phrase('sign-up.email-too-long', { max: MAX_ADDRESS_LENGTH }) }
  if (domain === '' || !isEmail.default(address, { allow_utf8_local_part: false, allow_ip_domain: false })) {
    return { say: phrase('sign-up.email-odd') }
  }
  return { address }
}

/** Trims spaces only; line breaks and other white space mean that something else was pasted. */
function withoutSpaces(text: string): string {
  let [start, end] = [0, text.length]
  while (text.charAt(start) === ' ') start += 1
  while (end > start && text.charAt(end - 1) === ' ') end -= 1
  return text.slice(start, end)
}
