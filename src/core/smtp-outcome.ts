/** Where in the conversation a reply came. */
export type ReplyStage =
  | 'connect'
  | 'greeting'
  | 'ehlo'
  | 'tls'
  | 'auth'
  | 'mail'
  | 'rcpt'
  | 'data'
  | 'body'
  | 'after-dot'

export interface RefusingReply {
  /** RFC 5321 section 4.2: three digits. */
  readonly code: number
  /** The reply's text, with or without the code in front. */
  readonly text: string
  readonly stage: ReplyStage
}

/**
 * - `retry`: the server says it may go well later
 * - `mailbox-full`: this person's mailbox is full; later, without blame
 * - `dead-address`: nobody is there, and nobody will be
 * - `stream`: the server minds the sender, the content or the credentials; no person is to blame, and every other
 *   message would meet the same
 * - `failed`: this message will not be taken, for a reason that blames neither
 */
export type ReplyVerdict = 'retry' | 'mailbox-full' | 'dead-address' | 'stream' | 'failed'

/** Stages at which the server does not yet know for whom the message is. */
const BEFORE_RECIPIENT: readonly ReplyStage[] = ['connect', 'greeting', 'ehlo', 'tls', 'auth', 'mail']
/** RFC 4954 section 6: credentials missing, wrong or too weak. */
const AUTHENTICATION = [530, 534, 535, 538]
/** RFC 3463 section 3.2 and 3.3, and RFC 7505 section 4.1 (null MX): subject and detail. */
const DEAD = ['1.1', '1.2', '1.3', '1.6', '1.10', '2.1']
/** The sender's address is refused (RFC 3463 section 3.2): that is ours. */
const SENDER = ['1.7', '1.8', '1.9']

const UNKNOWN_USER = new RegExp(
  [
    /\b(unknown|invalid|no such|non-?existent) (local )?(user|recipient|mailbox|address|account|person)\b/,
    /\b(user|recipient|mailbox|address|account)( address)?( is| was)? (unknown|not found|not known|invalid)\b/,
    /\b(user|recipient|mailbox|address|account) (does not|doesn't|doesnt) exist\b/,
    /\bno mailbox (here )?by that name\b/,
    /\bno such (user|mailbox|recipient|address|person)\b/,
    /\b(mailbox|account|user) (is |has been )?(disabled|closed|deleted|deactivated|discontinued)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
)
const POLICY =
  /\b(spam|spamhaus|black-?list(ed)?|block-?list(ed)?|blocked|dnsbl|rbl|reputation|policy|spf|dkim|dmarc|relay(ing)?|authenticat\w+|virus|malware|content|banned|unsolicited|denied)\b/i

/** A reply says what it means in its first lines (RFC 5321 section 4.5.3.1.5: 512 octets each). */
const LONGEST_READ = 2_000

/** What a 4yz or 5yz reply means for the message, the person and the stream (RFC 5321, RFC 3463). */
export function classifyReply({ code, stage, ...reply }: RefusingReply): ReplyVerdict {
  const text = reply.text.trimStart().slice(0, LONGEST_READ)
  const detail = enhancedDetail(text)
  if (code < 500) return code >= 400 && detail === '2.2' ? 'mailbox-full' : 'retry'
  if (AUTHENTICATION.includes(code)) return 'stream'
  if (BEFORE_RECIPIENT.includes(stage)) return isTooLarge(code, detail) ? 'failed' : 'stream'
  if (detail !== null) return byDetail(detail)
  if (code === 552) return 'mailbox-full'
  // RFC 7504 section 4: the domain accepts no mail at all.
  if (code === 556) return 'dead-address'
  if (/\bsender\b/i.test(text)) return 'stream'
  if (stage === 'rcpt' && UNKNOWN_USER.test(text)) return 'dead-address'
  return POLICY.test(text) ? 'stream' : 'failed'
}

function byDetail(detail: string): ReplyVerdict {
  if (DEAD.includes(detail)) return 'dead-address'
  if (detail === '2.2') return 'mailbox-full'
  if (SENDER.includes(detail)) return 'stream'
  return /^[67]\./.test(detail) ? 'stream' : 'failed'
}

/** A limit on size, said before the recipient is named (RFC 1870 section 6.1, RFC 3463 section 3.4). */
function isTooLarge(code: number, detail: string | null): boolean {
  return detail === '3.4' || (code === 552 && detail === null)
}

/** Subject and detail of the enhanced code, "1.1" of "550 5.1.1 ...": at the start, or in brackets or after a hash. */
function enhancedDetail(text: string): string | null {
  const match =
    /^(?:\d{3}[ -])?\s*[45]\.(\d{1,3}\.\d{1,3})(?=[\s:;,-]|$)/.exec(text) ??
    /[\s(#[][45]\.(\d{1,3}\.\d{1,3})(?=[\s)\]:;,]|$)/.exec(text)
  return match?.[1] ?? null
}
