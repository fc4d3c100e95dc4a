/**
 * Why a message came back, in the words of Sisimai 5 (Sisimai::Reason, manpages.ubuntu.com/manpages/noble/man3/Sisimai::Reason.3pm.html),
 * a taxonomy that bounce parsers in several languages share.
 */
export type BounceReason =
  | 'authfailure'
  | 'badreputation'
  | 'blocked'
  | 'contenterror'
  | 'delivered'
  | 'exceedlimit'
  | 'expired'
  | 'failedstarttls'
  | 'feedback'
  | 'filtered'
  | 'hasmoved'
  | 'hostunknown'
  | 'mailboxfull'
  | 'mailererror'
  | 'mesgtoobig'
  | 'networkerror'
  | 'norelaying'
  | 'notaccept'
  | 'notcompliantrfc'
  | 'onhold'
  | 'policyviolation'
  | 'rejected'
  | 'requireptr'
  | 'securityerror'
  | 'spamdetected'
  | 'speeding'
  | 'suppressed'
  | 'suspend'
  | 'syntaxerror'
  | 'systemerror'
  | 'systemfull'
  | 'toomanyconn'
  | 'undefined'
  | 'userunknown'
  | 'vacation'
  | 'virusdetected'

/**
 * - `dead`: nobody is there, and nobody will be
 * - `full`: the mailbox is full; no blame, but not for ever
 * - `stream`: the sender, the content or its signatures are minded; every other message would meet the same
 * - `soft`: noted, nothing else
 * - `complaint`: the person wants no more
 */
export type Consequence = 'dead' | 'full' | 'stream' | 'soft' | 'complaint'

/** What a reason means when the failure is for good, and when it is not. */
const CONSEQUENCES: Readonly<Record<BounceReason, readonly [permanent: Consequence, temporary: Consequence]>> = {
  userunknown: ['dead', 'soft'],
  hostunknown: ['dead', 'soft'],
  hasmoved: ['dead', 'soft'],
  notaccept: ['dead', 'soft'],
  suspend: ['dead', 'soft'],
  // The relay itself refuses to try this address again, so trying on would only cost reputation.
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

/** Reasons that pause the stream when they are for good. */
export const STREAM_REASONS = BOUNCE_REASONS.filter((reason) => consequenceOf(reason, true) === 'stream')

export interface ReportedFailure {
  /** RFC 3463, as `5.1.1`; null when none was given. */
  readonly status: string | null
  /** What the other server said; may be empty. Its own enhanced code is believed where `status` says nothing. */
  readonly text: string
}

/** Subject and detail of RFC 3463, and of the registry that RFC 5248 keeps. */
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
  '7.17': 'hasmoved',
  '7.20': 'authfailure',
  '7.21': 'authfailure',
  '7.22': 'authfailure',
  '7.23': 'authfailure',
  '7.24': 'authfailure',
  '7.25': 'requireptr',
  '7.26': 'authfailure',
  '7.27': 'rejected',
}

/** Tried in this order: what names our own part comes before what names the person's. */
const BY_WORDS: readonly (readonly [RegExp, BounceReason])[] = [
  [/\b(virus|malware|infected)\b/i, 'virusdetected'],
  [/\b(spf|dkim|dmarc|unauthenticated (email|mail|sender))\b/i, 'authfailure'],
  [
    /\b(spamhaus|dnsbl|rbl|black-?list(ed)?|block-?list(ed)?|banned sending ip|client host.{0,80}blocked)\b/i,
    'blocked',
  ],
  [/\b(reputation|poor score)\b/i, 'badreputation'],
  [/\b(spam|unsolicited|junk mail|bulk mail)\b/i, 'spamdetected'],
  [/\b(reverse dns|ptr record|no ptr|rdns)\b/i, 'requireptr'],
  [/\b(relay(ing)? (access )?denied|relaying not (allowed|permitted)|unable to relay)\b/i, 'norelaying'],
  [/\bsender (address )?(rejected|denied|refused|verify failed)\b/i, 'rejected'],
  [
    /\b(mailbox|quota|storage|inbox)\b.{0,40}\b(full|exceeded|over ?quota)\b|\bover ?quota\b|\bout of storage\b/i,
    'mailboxfull',
  ],
  [
    /\b(unknown|invalid|no such|non-?existent) (local )?(user|recipient|mailbox|address|account|person)\b/i,
    'userunknown',
  ],
  [
    /\b(user|recipient|mailbox|address|account)( address)?( is| was)? (unknown|not found|not known|invalid)\b/i,
    'userunknown',
  ],
  [
    /\b(user|recipient|mailbox|address|email account)\b.{0,40}\b(does not|doesn't|doesnt) exist\b|\bno mailbox (here )?by that name\b/i,
    'userunknown',
  ],
  [
    /\b(account|mailbox|user)( has been| is)? (disabled|suspended|deactivated|inactive|closed|discontinued)\b/i,
    'suspend',
  ],
  [/\b(has moved|no longer (works|employed)|address changed)\b/i, 'hasmoved'],
  [
    /\b(host|domain)( name)?( is)? (not found|unknown|does not exist)\b|\bnxdomain\b|\bno such domain\b/i,
    'hostunknown',
  ],
  [/\b(does not accept (any )?mail|null mx|not accept(ing)? (any )?mail)\b/i, 'notaccept'],
  [/\b(message|mail) (size|is too (large|big))\b|\btoo large\b/i, 'mesgtoobig'],
  [/\b(too many connections|connection limit)\b/i, 'toomanyconn'],
  [/\b(too (many|fast)|rate limit(ed)?|throttl(ed|ing)|greylist(ed|ing)?)\b/i, 'speeding'],
  [/\bcontent\b.{0,40}\b(rejected|refused|not accept|denied)\b/i, 'contenterror'],
  [/\b(policy|access denied|denied by)\b/i, 'policyviolation'],
  [/\b(starttls|tls (required|handshake))\b/i, 'failedstarttls'],
  [
    /\b(timed? ?out|retry (time|timeout) (not reached|exceeded)|delivery expired|too long in (the )?queue)\b/i,
    'expired',
  ],
  [/\b(connection (refused|lost|reset)|no route to host|network unreachable)\b/i, 'networkerror'],
]

/** Details so wide that what the server said in words tells more. */
const VAGUE = ['0.0', '1.0', '3.0', '4.0', '4.1', '4.7', '5.0', '7.0', '7.1']

/** The reason of a failure that another server reported. Unknown wording is `undefined`, which harms nobody. */
export function reasonOf({ status, text }: ReportedFailure): BounceReason {
  const detail = detailOf(status ?? '')
  const said = detailOf(text)
  const best = detail === null || detail === '0.0' ? (said ?? detail) : detail
  const known = best === null ? undefined : BY_STATUS[best]
  if (known !== undefined && !VAGUE.includes(best as string)) return known
  return BY_WORDS.find(([words]) => words.test(text))?.[1] ?? known ?? 'undefined'
}

/** Whether the class of the status, or of the reply code in the text, says "for good"; null when neither is there. */
export function isForGood({ status, text }: ReportedFailure): boolean | null {
  const found = /^\s*([245])\./.exec(status ?? '') ?? /(?:^|[\s;(#[-])([45])\d\d(?=[\s-])/.exec(text)
  return found === null ? null : found[1] === '5'
}

function detailOf(text: string): string | null {
  return /(?:^|[\s;(#[-])[245]\.(\d{1,3}\.\d{1,3})(?=[\s)\]:;,]|$)/.exec(text)?.[1] ?? null
}
