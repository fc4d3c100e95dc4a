import { authenticate, type DKIMResult, dkimVerify } from 'mailauth'
import type { ReplyToRead } from '../flow/ports/reply-ports.ts'
import type { ResolveDns } from './reply-reader.ts'

/** More than any message has; each costs a lookup and a signature check, and may ask for a hash of its own. */
const MAX_SIGNATURES = 8
/** A longer header is not checked. */
const MAX_HEADER = 128 * 1024
/** RFC 8301 section 3.2. */
const MIN_KEY_BITS = 1024
const AFTER_LATER = ['ETIMEOUT', 'ESERVFAIL', 'ECONNREFUSED', 'EREFUSED', 'ECANCELLED']

/**
 * Whether the domain of From vouches for the message (RFC 9989, relaxed alignment unless the domain asks for strict): by a
 * DKIM signature that covers the whole body and every field From, To and Cc, without which a message to somebody else could
 * be sent here again, or by SPF for the server that brought it. `later`: DNS did not answer.
 */
export async function authenticateReply(
  { raw, client, isOriginal, host }: ReplyToRead,
  from: string,
  resolve: ResolveDns,
): Promise<'yes' | 'no' | 'later'> {
  const message = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  const names = fieldNames(message)
  if (!isOriginal || names === null || !isCheap(names)) return 'no'
  let isAway = false
  const resolver = async (name: string, type: string) => {
    try {
      return (await resolve(name, type)) as string[]
    } catch (error) {
      if (AFTER_LATER.includes(String((error as { code?: unknown }).code))) isAway = true
      throw error
    }
  }
  const options = { resolver, minBitLength: MIN_KEY_BITS, rejectRsaSha1: true }
  const isProven =
    client === null
      ? (await dkimVerify(message, options)).results.some((result) => vouches(result, names))
      : await isVouchedFor(message, { from, names }, { ...options, ...client, mta: host })
  if (isProven) return 'yes'
  return isAway ? 'later' : 'no'
}

async function isVouchedFor(
  message: Buffer,
  { from, names }: { readonly from: string; readonly names: readonly string[] },
  {
    mailFrom,
    ...options
  }: {
    resolver: (name: string, type: string) => Promise<string[]>
    mailFrom: string
    ip: string
    helo: string
    mta: string
  },
): Promise<boolean> {
  const result = await authenticate(message, {
    ...options,
    // The null return path is checked by the name of HELO, which vouches for nobody (RFC 7208 section 2.4).
    sender: mailFrom,
    disableArc: true,
    disableBimi: true,
  })
  if (result.dkim.results.some((one) => vouches(one, names))) return true
  if (mailFrom === '' || result.spf === false || result.spf.status.result !== 'pass') return false
  if (result.dmarc && result.dmarc.alignment !== undefined) return Boolean(result.dmarc.alignment.spf.result)
  return isSameOrganisation(domainOf(mailFrom), domainOf(from))
}

/**
 * `l=` leaves the end of the body to anybody, and a key in testing vouches for nothing (RFC 6376). A signature names a field
 * as often as it covers it, so that one more of the same name can be added (section 8.15).
 */
function vouches({ status, signingHeaders }: DKIMResult, names: readonly string[]): boolean {
  const signed = (signingHeaders?.keys ?? '').toLowerCase().split(/[\s:]+/)
  const times = (list: readonly string[], name: string) => list.filter((one) => one === name).length
  return (
    status.result === 'pass' &&
    Boolean(status.aligned) &&
    !status.underSized &&
    status.testing !== true &&
    signed.includes('from') &&
    signed.includes('to') &&
    ['from', 'to', 'cc'].every((name) => times(signed, name) >= times(names, name))
  )
}

/** For domains that publish no DMARC record: the same, or one above the other. */
function isSameOrganisation(one: string, other: string): boolean {
  return one !== '' && (one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`))
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

function isCheap(names: readonly string[]): boolean {
  const signatures = names.filter((name) => name === 'dkim-signature' || name === 'arc-message-signature')
  return signatures.length <= MAX_SIGNATURES
}

/**
 * The name of each field, in lower case and without what is no letter or hyphen, because readers differ in what they
 * overlook. Null for a header that is too long.
 */
function fieldNames(message: Buffer): readonly string[] | null {
  const end = ['\r\n\r\n', '\n\n'].map((gap) => message.indexOf(gap)).filter((at) => at >= 0)
  const header = message.subarray(0, Math.min(MAX_HEADER + 1, ...end)).toString('latin1')
  if (header.length > MAX_HEADER) return null
  return header
    .split('\n')
    .filter((line) => !/^[ \t]/.test(line))
    .map((line) =>
      line
        .slice(0, Math.max(0, line.indexOf(':')))
        .toLowerCase()
        .replace(/[^a-z-]/g, ''),
    )
}
