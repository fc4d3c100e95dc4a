import { type BounceReason, consequenceOf, enhancedStatus, reasonOf } from '../reports/bounce-reason.ts'

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
 * - `sender`: refused before the server knew for whom the message is: credentials, sender or client; every other message
 *   would meet the same
 * - `policy`: refused for policy, content or reputation once the recipient was named: it speaks of this message, unless
 *   all recipients get it (core/sending/pause-evidence.ts)
 * - `failed`: this message will not be taken, for a reason that blames neither
 */
export type ReplyVerdict = 'retry' | 'mailbox-full' | 'dead-address' | 'sender' | 'policy' | 'failed'

/** Begins the stored reply of a message whose sender was refused (MAIL, RFC 5321 section 4.1.1.2). */
export const REFUSED_AT_MAIL = 'MAIL: '

/** Stages at which the server does not yet know for whom the message is. */
const BEFORE_RECIPIENT: readonly ReplyStage[] = ['connect', 'greeting', 'ehlo', 'tls', 'auth', 'mail']
/** RFC 4954 section 6: credentials missing, wrong or too weak. */
const AUTHENTICATION = [530, 534, 535, 538]

/** Reasons that pass by themselves, whatever the reply code says. */
const FOR_THE_MOMENT: readonly BounceReason[] = ['onhold', 'speeding', 'toomanyconn', 'systemfull']

/** What a 4yz or 5yz reply means for the message, the person and everybody's mail (RFC 5321, RFC 3463). */
export function classifyReply({ code, text, stage }: RefusingReply): ReplyVerdict {
  const reason = reasonOf({ status: null, text })
  if (code < 500) return code >= 400 && reason === 'mailboxfull' ? 'mailbox-full' : 'retry'
  if (isBeforeRecipient(stage)) return isTooLarge(code, reason) ? 'failed' : 'sender'
  // A relay that asks for credentials this late asks every message for them.
  if (AUTHENTICATION.includes(code)) return 'policy'
  if (reason === 'undefined') return byCode(code)
  const consequence = consequenceOf(reason, true)
  // "No valid recipients" after DATA repeats what was said to RCPT.
  if (consequence === 'dead') return stage === 'data' ? 'failed' : 'dead-address'
  if (consequence === 'full') return 'mailbox-full'
  if (consequence === 'stream') return 'policy'
  // "Try again later" is heard even under a code that says never.
  return FOR_THE_MOMENT.includes(reason) ? 'retry' : 'failed'
}

/** Whether a reply at this stage came before the recipient was named. */
export function isBeforeRecipient(stage: ReplyStage): boolean {
  return BEFORE_RECIPIENT.includes(stage)
}

/**
 * What two refusals have in common when they are the same refusal: the enhanced status, or the reply code where there is
 * none.
 */
export function refusalCode(code: number, text: string): string {
  return enhancedStatus(text) ?? String(code)
}

function byCode(code: number): ReplyVerdict {
  // RFC 5321 section 4.2.3: 552 stands for exceeded storage. RFC 7504 section 4: 556, the domain takes no mail at all.
  if (code === 552) return 'mailbox-full'
  return code === 556 ? 'dead-address' : 'failed'
}

/** A limit on size, said before the recipient is named (RFC 1870 section 6.1, RFC 3463 section 3.4). */
function isTooLarge(code: number, reason: BounceReason): boolean {
  return reason === 'mesgtoobig' || reason === 'exceedlimit' || (code === 552 && reason === 'undefined')
}
