import { domainToASCII } from 'node:url'
import isEmail from 'validator/lib/isEmail.js'

/** RFC 5321, sections 4.5.3.1.1 and 4.5.3.1.3 as corrected: 64 octets before the @, 254 in total. */
const MAX_LENGTH = 254
const MAX_LOCAL_PART_LENGTH = 64
/** Limits the surrounding spaces. */
const MAX_TYPED_LENGTH = 1_000

export type CheckedEmail = { readonly address: string } | { readonly say: string }

/**
 * Validates a single plain address and converts its domain to lower-case ASCII (IDNA); otherwise returns a sentence for
 * the person. Rejects lists, groups, display names, and quoted or non-ASCII local parts, because they must not reach an
 * email header.
 */
export function checkEmail(typed: string): CheckedEmail {
  if (typed.length > MAX_TYPED_LENGTH)
    return { say: `This is too long for an email address (${MAX_LENGTH} characters at most).` }
  const email = withoutSpaces(typed)
  if (email === '') return { say: 'Please type your email address.' }
  if (/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u.test(email)) {
    return { say: 'This address contains a line break or a hidden character. Please type it by hand.' }
  }
  if (email.length > MAX_LENGTH)
    return { say: `This is too long for an email address (${MAX_LENGTH} characters at most).` }
  if (/[,;]/.test(email) || email.split('@').length > 2) return { say: 'Please enter one address only.' }
  if (/[<>:"()[\]\\ ]/.test(email)) return { say: 'Only the address itself, please, such as name@example.org.' }
  const at = email.lastIndexOf('@')
  if (at < 1 || at === email.length - 1) return { say: 'An address has a name, an @ and a domain: name@example.org.' }
  const local = email.slice(0, at)
  if (local.length > MAX_LOCAL_PART_LENGTH)
    return { say: `The part before the @ is too long (${MAX_LOCAL_PART_LENGTH} characters at most).` }
  if (/[^\x21-\x7e]/.test(local)) return { say: 'Only plain letters, numbers and symbols can be used before the @.' }
  const domain = domainToASCII(email.slice(at + 1)).toLowerCase()
  const address = `${local}@${domain}`
  if (address.length > MAX_LENGTH)
    return { say: `This is too long for an email address (${MAX_LENGTH} characters at most).` }
  if (domain === '' || !isEmail.default(address, { allow_utf8_local_part: false, allow_ip_domain: false })) {
    return { say: 'This does not look like an email address. Please check for typos.' }
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
