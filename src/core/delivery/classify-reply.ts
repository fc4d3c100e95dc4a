import { type BounceReason, consequenceOf, enhancedStatus, reasonOf } from '../reports/bounce-reason.ts'

/** The stage of the SMTP transaction. */
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
  /** The reply's text, with or without the code. */
  readonly text: string
  readonly stage: ReplyStage
}

/**
 * - `retry`: temporary
 * - `mailbox-full`: retried later; does not count against the address
 * - `dead-address`: the mailbox does not exist
 * - `sender`: rejected before the recipient was named (credentials, sender or client), so every message would be
 * - `policy`: rejected for policy, content or reputation after the recipient was named: concerns this message, unless
 *   all recipients get the same reply (core/sending/pause-evidence.ts)
 * - `failed`: this message is rejected permanently, for a reason that concerns neither address nor sender
 */
export type ReplyVerdict = 'retry' | 'mailbox-full' | 'dead-address' | 'sender' | 'policy' | 'failed'

/** Prefix of the stored reply when MAIL was rejected (RFC 5321, section 4.1.1.2). */
export const REFUSED_AT_MAIL = 'MAIL: '

/** Stages before the server knows the recipient. */
const BEFORE_RECIPIENT: readonly ReplyStage[] = ['connect', 'greeting', 'ehlo', 'tls', 'auth', 'mail']
/** RFC 4954 section 6: credentials missing, wrong or too weak. */
const AUTHENTICATION = [530, 534, 535, 538]

/** Temporary reasons, whatever the reply code. */
const TEMPORARY_REASONS: readonly BounceReason[] = ['onhold', 'speeding', 'toomanyconn', 'systemfull']

/** What a 4yz or 5yz reply means for the message, the address and all sending (RFC 5321, RFC 3463). */
export function classifyReply({ code, text, stage }: RefusingReply): ReplyVerdict {
  const reason = reasonOf({ status: null, text })
  if (code < 500) return code >= 400 && reason === 'mailboxfull' ? 'mailbox-full' : 'retry'
  if (isBeforeRecipient(stage)) return isTooLarge(code, reason) ? 'failed' : 'sender'
  // A relay that requires authentication this late requires it for every message.
  if (AUTHENTICATION.includes(code)) return 'policy'
  if (reason === 'undefined') return byCode(code)
  const consequence = consequenceOf(reason, true)
  // "No valid recipients" after DATA only repeats the replies to RCPT.
  if (consequence === 'dead') return stage === 'data' ? 'failed' : 'dead-address'
  if (consequence === 'full') return 'mailbox-full'
  if (consequence === 'stream') return 'policy'
  // A text such as "try again later" overrides a permanent code.
  return TEMPORARY_REASONS.includes(reason) ? 'retry' : 'failed'
}

/** Whether a reply at this stage comes before the recipient was named. */
export function isBeforeRecipient(stage: ReplyStage): boolean {
  return BEFORE_RECIPIENT.includes(stage)
}

/** The key for comparing rejections: the enhanced status code, otherwise the reply code. */
export function refusalCode(code: number, text: string): string {
  return enhancedStatus(text) ?? String(code)
}

function byCode(code: number): ReplyVerdict {
  // RFC 5321 section 4.2.3: 552 means exceeded storage. RFC 7504 section 4: 556 means the domain accepts no email.
  if (code === 552) return 'mailbox-full'
  return code === 556 ? 'dead-address' : 'failed'
}

/** A size limit reported before the recipient is named (RFC 1870 section 6.1, RFC 3463 section 3.4). */
function isTooLarge(code: number, reason: BounceReason): boolean {
  return reason === 'mesgtoobig' || reason === 'exceedlimit' || (code === 552 && reason === 'undefined')
}
