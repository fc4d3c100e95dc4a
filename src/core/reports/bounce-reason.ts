import { REPLY_PATTERNS, type ReplyPattern } from './bounce-patterns.ts'
import type { BounceReason } from './bounce-taxonomy.ts'

export type { BounceReason } from './bounce-taxonomy.ts'

/**
 * - `dead`: the address does not exist and will not come back
 * - `full`: the mailbox is full; retry, but not indefinitely
 * - `stream`: the sender, the content or its signatures are rejected; every other message would be too
 * - `soft`: recorded only
 * - `complaint`: the recipient does not want these emails
 */
export type Consequence = 'dead' | 'full' | 'stream' | 'soft' | 'complaint'

/** The consequence of each reason, for permanent and for temporary failures. */
const CONSEQUENCES: Readonly<Record<BounceReason, readonly [permanent: Consequence, temporary: Consequence]>> = {
  userunknown: ['dead', 'soft'],
  hostunknown: ['dead', 'soft'],
  hasmoved: ['dead', 'soft'],
  notaccept: ['dead', 'soft'],
  suspend: ['dead', 'soft'],
  // The relay itself refuses to try this address again, so further attempts would only cost reputation.
  suppressed: ['dead', 'soft'],
  mailboxfull: ['full', 'full'],
  feedback: ['complaint', 'complaint'],
  authfailure: ['stream', 'soft'],
  badreputation: ['stream', 'soft'],
  blocked: ['stream', 'soft'],
  contenterror: ['stream', 'soft'],
  failedstarttls: ['stream', 'soft'],
  norelaying: ['stream', 'soft'],
  notcompliantrfc: ['stream', 'soft'],
  policyviolation: ['stream', 'soft'],
  rejected: ['stream', 'soft'],
  requireptr: ['stream', 'soft'],
  securityerror: ['stream', 'soft'],
  spamdetected: ['stream', 'soft'],
  virusdetected: ['stream', 'soft'],
  delivered: ['soft', 'soft'],
  exceedlimit: ['soft', 'soft'],
  expired: ['soft', 'soft'],
  filtered: ['soft', 'soft'],
  mailererror: ['soft', 'soft'],
  mesgtoobig: ['soft', 'soft'],
  networkerror: ['soft', 'soft'],
  onhold: ['soft', 'soft'],
  speeding: ['soft', 'soft'],
  syntaxerror: ['soft', 'soft'],
  systemerror: ['soft', 'soft'],
  systemfull: ['soft', 'soft'],
  toomanyconn: ['soft', 'soft'],
  undefined: ['soft', 'soft'],
  vacation: ['soft', 'soft'],
}

export const BOUNCE_REASONS = Object.keys(CONSEQUENCES) as readonly BounceReason[]

export function consequenceOf(reason: BounceReason, permanent: boolean): Consequence {
  return CONSEQUENCES[reason][permanent ? 0 : 1]
}

export interface ReportedFailure {
  /** RFC 3463, such as `5.1.1`; null if none was given. */
  readonly status: string | null
  /** What the other server said; may be empty. Its own enhanced code is used where `status` says nothing. */
  readonly text: string
}

/** Subject and detail from RFC 3463 and the registry of RFC 5248. */
const BY_STATUS: Readonly<Record<string, BounceReason>> = {
  '1.0': 'userunknown',
  '1.1': 'userunknown',
  '1.2': 'hostunknown',
  '1.3': 'userunknown',
  '1.4': 'filtered',
  '1.6': 'hasmoved',
  '1.7': 'rejected',
  '1.8': 'rejected',
  '1.9': 'rejected',
  '1.10': 'notaccept',
  '1.351': 'userunknown',
  '2.1': 'suspend',
  '2.2': 'mailboxfull',
  '2.3': 'exceedlimit',
  '2.4': 'filtered',
  '3.1': 'systemfull',
  '3.2': 'notaccept',
  '3.4': 'mesgtoobig',
  '4.1': 'networkerror',
  '4.2': 'networkerror',
  '4.3': 'systemerror',
  '4.4': 'hostunknown',
  '4.5': 'systemfull',
  '4.6': 'networkerror',
  '4.7': 'expired',
  '4.300': 'expired',
  '4.310': 'hostunknown',
  '4.316': 'networkerror',
  '5.2': 'syntaxerror',
  '5.3': 'toomanyconn',
  '6.0': 'contenterror',
  '6.1': 'contenterror',
  '6.2': 'contenterror',
  '6.3': 'contenterror',
  '6.5': 'contenterror',
  '6.6': 'contenterror',
  '7.0': 'policyviolation',
  '7.1': 'policyviolation',
  '7.3': 'policyviolation',
  '7.4': 'failedstarttls',
  '7.5': 'securityerror',
  '7.7': 'contenterror',
  '7.8': 'securityerror',
  '7.9': 'policyviolation',
  '7.12': 'filtered',
  '7.17': 'hasmoved',
  '7.20': 'authfailure',
  '7.21': 'authfailure',
  '7.22': 'authfailure',
  '7.23': 'authfailure',
  '7.24': 'authfailure',
  '7.25': 'requireptr',
  '7.26': 'authfailure',
  '7.27': 'rejected',
  '7.29': 'failedstarttls',
  '7.30': 'authfailure',
  '7.124': 'filtered',
  '7.133': 'filtered',
  '7.134': 'filtered',
  '7.135': 'filtered',
  '7.136': 'filtered',
  '7.509': 'authfailure',
  '7.515': 'authfailure',
  '7.705': 'blocked',
  '7.708': 'blocked',
  '7.750': 'blocked',
}

/** Details so general that the server's wording says more. */
const VAGUE_DETAILS = ['0.0', '1.0', '3.0', '4.0', '4.1', '4.7', '5.0', '5.2', '7.0', '7.1']

/** Servers name the reason first and add advice after it. The limit also bounds the matching time for hostile input. */
const MAX_LENGTH = 2_000

/** The reason of a failure that another server reported. Unknown wording gives `undefined`, which suppresses nobody. */
export function reasonOf({ status, text }: ReportedFailure): BounceReason {
  const bounded = text.slice(0, MAX_LENGTH)
  const detail = detailOf((status ?? '').slice(0, MAX_LENGTH))
  const best = detail === null || VAGUE_DETAILS.includes(detail) ? (detailOf(bounded) ?? detail) : detail
  const words = wordsOf(bounded)
  // Exchange Online says this for an address missing from its directory; elsewhere "access denied" is a policy.
  if (best === '4.1' && words.includes('recipient address')) return 'userunknown'
  const said = REPLY_PATTERNS.find(({ patterns }) => patterns.some((pattern) => pattern.test(words)))
  const known = best === null ? undefined : byStatus(best)
  if (said === undefined) return known ?? 'undefined'
  if (known === undefined) return said.reason
  return prefer(said, known, best === null || VAGUE_DETAILS.includes(best) || BY_STATUS[best] === undefined)
}

/** Chooses between the server's wording and its status code. */
function prefer(said: ReplyPattern, known: BounceReason, isVague: boolean): BounceReason {
  const [means, bySaid] = [consequenceOf(known, true), consequenceOf(said.reason, true)]
  // Wording about the sender, the content or a temporary condition never means a dead address, whatever the status.
  if (means === 'dead') return bySaid === 'dead' && !isVague ? known : said.reason
  if (means === 'full') return said.reason === 'speeding' ? said.reason : known
  if (means === 'stream') {
    if (bySaid === 'stream') return isVague ? said.reason : known
    if (bySaid === 'dead') return isVague && !said.isWeak ? said.reason : known
    return isVague ? said.reason : known
  }
  return isVague || (bySaid === 'dead' && !said.isWeak) ? said.reason : known
}

function byStatus(detail: string): BounceReason | undefined {
  // RFC 3463 section 3.8: every other detail of subject 7 is about security or policy too.
  return BY_STATUS[detail] ?? (detail.startsWith('7.') ? 'policyviolation' : undefined)
}

/** Whether the status class, or the reply code in the text, indicates a permanent failure; null if there is neither. */
export function isPermanent({ status, text }: ReportedFailure): boolean | null {
  const bounded = text.slice(0, MAX_LENGTH)
  const found = /^\s*([245])\./.exec((status ?? '').slice(0, MAX_LENGTH)) ?? REPLY_CODE.exec(bounded)
  return found === null ? null : found[1] === '5'
}

/**
 * A reply code (RFC 5321 section 4.2) in the places where servers write one: at the beginning of a line, after a colon,
 * a semicolon, a bracket or "said", or before an enhanced status. Any other three digits are just a number.
 */
const REPLY_CODE =
  /(?:(?:^|[\n;:([<#'"-]|\bsaid|\breturned)[ \t]*([45])\d\d(?=[ \t-][^\d\s]|[ \t-][245]\.\d|-[245]\.\d|[ \t]*$|[ \t]*\r?\n))|\b([45])\d\d[ -][45]\.\d{1,3}\.\d/m

/** The enhanced status (RFC 3463) in a server's reply text, such as `5.7.1`; null if there is none. */
export function enhancedStatus(text: string): string | null {
  return /(?:^|[\s;(#[-])([245]\.\d{1,3}\.\d{1,3})(?=[\s)\]:;,-]|$)/.exec(text.slice(0, MAX_LENGTH))?.[1] ?? null
}

function detailOf(text: string): string | null {
  return enhancedStatus(text)?.slice(2) ?? null
}

/** Lower case, single spaces, no addresses, because a name in an address must not look like a reason. */
function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('\u2019', "'")
    .split(/\s+/)
    .map((word) => (word.includes('@') ? withoutAddress(word) : word))
    .map((word) => word.replace(/[<>"]/g, ''))
    .filter((word) => word !== '')
    .join(' ')
}

/** The rest of a word that contains an address: "rcpt:" of "rcpt:<a@b.example>". */
function withoutAddress(word: string): string {
  const before = Math.max(...['<', '(', '[', ':', '=', ','].map((sign) => word.lastIndexOf(sign, word.indexOf('@'))))
  const after = [...word.matchAll(/[>)\],;]/g)].map(({ index }) => index).find((index) => index > word.lastIndexOf('@'))
  return `${word.slice(0, before + 1)} ${after === undefined ? '' : word.slice(after)}`.replace(/[<>()[\]]/g, '').trim()
}
