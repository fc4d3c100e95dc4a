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
  /** Called once, when everything but the last byte has been written. */
  readonly confirmHandover: () => Promise<boolean>
  readonly settle: (result: SmtpResult) => void
  /**
   * Set if a reused connection ended under the message. It is retried once, on a new connection, and that result
   * counts.
   */
  isRetry?: boolean
}

/** Owns the messages that a session sends. */
export interface SmtpSessionOwner {
  /**
   * Called when a final dot is about to be sent to a server with PIPELINING. Returns the message whose envelope is to
   * follow in the same write. That message is then bound to this connection, although the previous reply is still
   * outstanding.
   */
  next(): QueuedMessage | null
  /**
   * Called instead of `settle` if a reused connection was closed before the message was handed over, or if the server
   * answered with 421 or refused MAIL temporarily.
   */
  requeue(queued: QueuedMessage): void
  /** Called when the connection is gone. */
  closed(): void
}

/** An open connection, authenticated if required, that carries one message after another. */
export interface SmtpSession {
  isUsable(): boolean
  /** Whether it has not carried a message yet. */
  isFresh(): boolean
  /**
   * Sends one message, and those that its owner adds meanwhile; resolves when none is in progress. Never rejects. Any
   * result but `accepted` then ends the session, unless nothing was said to the server.
   */
  send(queued: QueuedMessage): Promise<void>
  /** Sends QUIT and lets the server close the connection. */
  quit(): void
}

/** Bytes held back until `confirmHandover` agrees. Without them, no server can accept the message. */
const HELD_BACK_BYTES = 1
/** A server that does not close the connection after QUIT is cut off after this time. */
const QUIT_TIMEOUT_MS = 1_000

interface Transaction {
  readonly queued: QueuedMessage
  /** What the next reply is for; `body`: the message is being sent and no reply is due. */
  stage: EnvelopeVerb | 'body' | 'after-dot'
  /** The first command that failed; with pipelining, the replies to the remaining commands still follow. */
  failure: SmtpResult | null
  /** True once the handover may have been committed. */
  isHandoverRequested: boolean
}

/** Requires exclusive use of the socket. */
export function createSmtpSession(socket: Socket, extensions: Extensions, owner: SmtpSessionOwner): SmtpSession {
  let usable = true
  /** Set by a refusal: QUIT follows once no message is in progress. */
  let isLeaving = false
  /**
   * A server may close a kept connection at any time. The message that runs into this has not failed and is retried.
   */
  let isReused = false
  /** The message that replies currently belong to. */
  let current: Transaction | null = null
  /** Its envelope was sent with the final dot of `current`; it becomes `current` after the reply to that. */
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
    // A server may send 421 at any time (RFC 5321, section 3.8). Any other unexpected reply means that the session is
    // out of step.
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
      // The server accepted DATA although MAIL or RCPT failed. It now waits for a message, and even a lone dot would be
      // one.
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
    // Confirm only once the system has taken everything before the last byte, so that a loss mid-message precedes the
    // handover.
    socket.write(data.subarray(0, data.length - HELD_BACK_BYTES), (error) => {
      if (error || current !== transaction) return
      transaction.isHandoverRequested = true
      confirmHandover().then(
        (isHandedOver) => (isHandedOver ? sendEnd(transaction, data) : withdraw(transaction)),
        // The handover was not committed, so the last byte must not be sent.
        () => withdraw(transaction),
      )
    })
  }

  function sendEnd(transaction: Transaction, data: Buffer): void {
    // The connection was lost meanwhile and that result was reported. It settles the delivery even if the handover was
    // recorded.
    if (current !== transaction) return
    transaction.stage = 'after-dot'
    const end = data.toString('latin1', data.length - HELD_BACK_BYTES) + endOfData(data)
    // RFC 2920, section 3.1: the end of a message may start a group of commands.
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
    // It is unknown which of several pipelined commands the server had read before it went away.
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

  /** Closes at once: the server discards a message without its final dot (RFC 5321, section 4.1.1.4). */
  function drop(): void {
    usable = false
    socket.destroy()
  }

  /** After a refusal: sends QUIT, but does not make the next connection wait for the server to close. */
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
 * Whether a result before the handover concerns the connection and not the message: it was lost, or the server replied
 * 421 (RFC 5321 section 3.8), as servers do that limit the number of messages per connection. Some reply 450, 451 or
 * 452 to MAIL instead, when they know nothing of the message but its sender.
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
