import type { Socket } from 'node:net'
import type { ReplyStage } from '../../core/delivery/classify-reply.ts'
import type { OutgoingMessage, SmtpResult } from '../../flow/ports/ports.ts'
import { dotStuff, endOfData } from './dot-stuff.ts'
import { commandOf, type EnvelopeVerb, openingCommands, unsendableReason } from './smtp-envelope.ts'
import type { Extensions } from './smtp-extensions.ts'
import { createReplyReader, type Reply } from './smtp-replies.ts'

/** A message to send, and the callbacks for its outcome. */
export interface QueuedMessage {
  readonly message: OutgoingMessage
  /** Asked once, when all but the last byte is on its way. */
  readonly confirmHandover: () => Promise<boolean>
  readonly settle: (result: SmtpResult) => void
  /** A connection that had carried another message ended under it; it goes out by a new one, and that counts. */
  isRetry?: boolean
}

/** Whose messages a session carries. */
export interface SmtpSessionOwner {
  /**
   * Asked when a final dot is about to leave, where PIPELINING is announced: the message whose envelope may follow in the
   * same write. It is bound to this connection from then on, though the reply to the one before is still to come.
   */
  next(): QueuedMessage | null
  /**
   * Instead of its result: a connection that had carried another message was closed, or ended with 421 or with a refusal of
   * MAIL for the moment, before this one was handed over.
   */
  requeue(queued: QueuedMessage): void
  /** The connection is gone. */
  closed(): void
}

/** One open and, where need be, authenticated connection; one message after another. */
export interface SmtpSession {
  isUsable(): boolean
  /** It has not carried a message yet. */
  isFresh(): boolean
  /**
   * Sends one message and those that its owner names meanwhile; fulfilled when none is under way. Never rejects. Any
   * result but `accepted` ends the session then, unless nothing was said to the server.
   */
  send(queued: QueuedMessage): Promise<void>
  /** Ends it politely. */
  quit(): void
}

/** Bytes held back until `confirmHandover` agrees: enough that no server can take the message without them. */
const HELD_BACK_BYTES = 1
/** A server that does not close after QUIT is left. */
const QUIT_TIMEOUT_MS = 1_000

interface Transaction {
  readonly queued: QueuedMessage
  /** What the next reply answers; `body`: none is due, the message is on its way. */
  stage: EnvelopeVerb | 'body' | 'after-dot'
  /** The first command that failed; with pipelining the replies to the others follow. */
  failure: SmtpResult | null
  /** The handover may have been committed. */
  isHandoverRequested: boolean
}

/** Requires exclusive use of the socket. */
export function createSmtpSession(socket: Socket, extensions: Extensions, owner: SmtpSessionOwner): SmtpSession {
  let usable = true
  /** Set by a refusal: QUIT follows once nothing is under way. */
  let isLeaving = false
  /** A server may close a kept connection at any time, and that is no failure of the message that meets it. */
  let isReused = false
  /** Every reply is for this one. */
  let current: Transaction | null = null
  /** Its envelope left with the final dot of `current`, and its turn comes with the reply to that. */
  let pipelined: Transaction | null = null
  let onFree = () => {}

  const read = createReplyReader(readReply)
  socket.on('data', (chunk: Buffer) => {
    try {
      if (usable) read(chunk)
    } catch (error) {
      failConnection((error as Error).message)
    }
  })
  socket.on('timeout', () => failConnection('the server stopped responding'))
  socket.on('error', (error) => failConnection(error.message))
  socket.on('end', () => failConnection('the connection was closed'))
  socket.on('close', () => {
    failConnection('the connection was closed')
    owner.closed()
  })

  function send(queued: QueuedMessage): Promise<void> {
    return new Promise((resolve) => {
      onFree = resolve
      current = begin(queued)
      if (current === null) resolve()
      else if (!usable) failConnection('the connection was closed')
      else socket.write(openingCommands(queued.message, extensions), 'latin1')
    })
  }

  function begin(queued: QueuedMessage): Transaction | null {
    const reply = unsendableReason(queued.message, extensions)
    if (reply === null) return { queued, stage: 'mail', failure: null, isHandoverRequested: false }
    queued.settle({ kind: 'unsendable', reply })
    return null
  }

  function readReply(reply: Reply): void {
    // A server may say 421 at any time (RFC 5321, section 3.8); anything else unasked means that we no longer understand each other.
    if (current === null) drop()
    else if (current.stage === 'after-dot') readLastReply(reply)
    else if (current.stage === 'body') finish(earlyReply(reply), 'drop')
    else readEnvelopeReply(current, current.stage, reply)
  }

  function readEnvelopeReply(transaction: Transaction, at: EnvelopeVerb, reply: Reply): void {
    const isGood = Math.floor(reply.code / 100) === (at === 'data' ? 3 : 2)
    if (!isGood) transaction.failure ??= resultOf(reply, at)
    const { failure, queued } = transaction
    const isLast = at === 'data' || !extensions.pipelining
    if (failure !== null && (isLast || reply.code === 421)) {
      // To DATA alone it says yes: it waits for a message though nobody is to get it, and even a lone dot would be one.
      const isWaiting = at === 'data' && isGood
      finish(failure, isWaiting || reply.code === 421 ? 'drop' : 'leave')
    } else if (at === 'data') sendBody(transaction)
    else {
      transaction.stage = at === 'mail' ? 'rcpt' : 'data'
      if (!extensions.pipelining) socket.write(commandOf(transaction.stage, queued.message, extensions), 'latin1')
    }
  }

  function sendBody(transaction: Transaction): void {
    const { message, confirmHandover } = transaction.queued
    transaction.stage = 'body'
    const data = message.dotFree ? message.raw : dotStuff(message.raw)
    // Confirm only after the system has taken the head, so that a loss in mid-message stays before the handover.
    socket.write(data.subarray(0, data.length - HELD_BACK_BYTES), (error) => {
      if (error || current !== transaction) return
      transaction.isHandoverRequested = true
      confirmHandover().then(
        (isHandedOver) => (isHandedOver ? sendEnd(transaction, data) : withdraw(transaction)),
        // The handover was not committed, so the last byte must not be sent: the same as a refusal.
        () => withdraw(transaction),
      )
    })
  }

  function sendEnd(transaction: Transaction, data: Buffer): void {
    // Lost meanwhile, and told so: what was marked needlessly is settled by what became of it.
    if (current !== transaction) return
    transaction.stage = 'after-dot'
    const end = data.toString('latin1', data.length - HELD_BACK_BYTES) + endOfData(data)
    // RFC 2920, section 3.1: the end of a message may be the first in a group of commands.
    const next = extensions.pipelining && !isLeaving ? owner.next() : null
    pipelined = next && begin(next)
    socket.write(pipelined ? end + openingCommands(pipelined.queued.message, extensions) : end, 'latin1')
  }

  function withdraw(transaction: Transaction): void {
    if (current === transaction) finish({ kind: 'withdrawn' }, 'drop')
  }

  function readLastReply(reply: Reply): void {
    const result = resultOf(reply, 'after-dot')
    if (result.kind === 'accepted') finish(result)
    else finish(result, result.kind === 'refused' && reply.code !== 421 ? 'leave' : 'drop')
  }

  function failConnection(reason: string): void {
    drop()
    if (current === null) return
    // Which of several commands the server had read when it went cannot be known.
    const stage = current.stage === 'rcpt' || current.stage === 'data' ? 'mail' : current.stage
    finish(current.failure ?? { kind: 'lost', stage, reason })
  }

  /** `current` is finished. Continues with a pipelined message unless the connection is gone. */
  function finish(result: SmtpResult, then?: 'leave' | 'drop'): void {
    const done = current as Transaction
    current = pipelined
    pipelined = null
    if (then === 'drop') drop()
    if (then === 'leave') isLeaving = true
    if (isLeaving && usable && current === null) leave()
    const hasEnded = isReused && !usable && !done.isHandoverRequested && isEndOfConnection(result)
    isReused = true
    if (hasEnded && !done.queued.isRetry) owner.requeue(done.queued)
    else done.queued.settle(result)
    if (current === null) onFree()
    else if (!usable) failConnection('the connection was closed')
  }

  /** At once: a message without its final dot is discarded by the server (RFC 5321, section 4.1.1.4). */
  function drop(): void {
    usable = false
    socket.destroy()
  }

  /** After a refusal: send QUIT, but do not make the next connection wait for the close. */
  function leave(): void {
    usable = false
    socket.end('QUIT\r\n')
    socket.destroySoon()
  }

  function quit(): void {
    if (!usable) return
    usable = false
    socket.end('QUIT\r\n')
    setTimeout(() => socket.destroy(), QUIT_TIMEOUT_MS).unref()
  }

  return { isUsable: () => usable, isFresh: () => !isReused, send, quit }
}

/**
 * Whether a result before the handover says that the connection is over and nothing of the message: the server went, or
 * said 421 (RFC 5321 section 3.8), as one does that takes so many messages a connection. Some say 450, 451 or 452 to MAIL
 * instead, before they know anything of the message but its sender.
 */
function isEndOfConnection(result: SmtpResult): boolean {
  if (result.kind === 'refused')
    return result.stage === 'mail' ? result.code < 500 : result.code === 421 && result.stage !== 'after-dot'
  return result.kind === 'lost' && (result.stage === 'mail' || result.stage === 'body')
}

function resultOf({ code, text }: Reply, stage: ReplyStage): SmtpResult {
  if (code >= 400) return { kind: 'refused', stage, code, reply: text }
  if (stage === 'after-dot' && code < 300) return { kind: 'accepted', reply: text }
  return { kind: 'lost', stage, reason: `unexpected reply: ${text}` }
}

/** Acceptance before the whole message has been sent cannot be trusted. */
function earlyReply({ code, text }: Reply): SmtpResult {
  return code >= 400
    ? { kind: 'refused', stage: 'body', code, reply: text }
    : { kind: 'lost', stage: 'body', reason: 'the server answered before the message was complete' }
}
