import pTimeout from 'p-timeout'
import type { Mailer, SmtpResult } from '../../flow/ports/ports.ts'
import { createMessagePace, type SharedPace } from './message-pace.ts'
import { ConnectError, type ConnectOptions, connect } from './smtp-connection.ts'
import type { QueuedMessage, SmtpSession, SmtpSessionOwner } from './smtp-session.ts'

export interface SmtpMailerOptions extends ConnectOptions {
  /** Maximum number of open connections of this process; further messages wait for one. */
  readonly connections: number
  /** The rate of all workers together; omitted if there is no limit. */
  readonly pace?: SharedPace
  /** How long messages may still wait once the service is stopping, ms; default 5,000. Then they are given back. */
  readonly drainMs?: number
}

export interface SmtpMailer extends Mailer {
  /**
   * Stops messages from waiting for long: one that gets no connection, or may not start yet, is given back as
   * `withdrawn`.
   */
  drain(): void
  /** Drains, waits for messages being sent, then sends QUIT on every connection and waits briefly for them to close. */
  close(): Promise<void>
}

const DRAIN_MS = 5_000
/** Longer than a session waits after QUIT. A connection that is still being opened is abandoned. */
const CLOSING_MS = 2_000

/**
 * Sends over connections that are kept open. The last byte of a message is held back until `confirmHandover` has
 * committed the handover. Before that, the final dot (RFC 5321, section 4.1.1.4) cannot have been sent; after that, a
 * lost connection leaves the outcome unknown.
 */
export function createSmtpMailer(options: SmtpMailerOptions): SmtpMailer {
  /** First in, first out: each goes to the connection that is free first. */
  const waiting: QueuedMessage[] = []
  /** Messages whose connection ended before their handover. Each goes out on a new connection, ahead of all others. */
  const retries: QueuedMessage[] = []
  const idle: SmtpSession[] = []
  const working = new Set<Promise<unknown>>()
  /** Every connection the relay may know of: being opened, sending, idle or being closed. */
  let open = 0
  let opening = 0
  /** Open connections that are being closed to make room for a retry. */
  let ending = 0
  let closing = false
  let drained = false
  let draining: NodeJS.Timeout | undefined
  let onEmpty = () => {}

  const owner: SmtpSessionOwner = { next, requeue, closed }
  const pace = options.pace ? createMessagePace(options.pace, dispatch) : null

  function dispatch(): void {
    while (waitingCount() > 0) {
      const canOpen = opening < waitingCount() && open < options.connections
      const fresh = retries.length > 0 ? idle.findLastIndex((session) => session.isFresh()) : -1
      if (fresh < 0 && !canOpen) makeRoom()
      const session = fresh >= 0 ? fresh : waiting.length > 0 ? idle.length - 1 : -1
      if (session < 0 && !canOpen) break
      // Opening a connection counts against the rate like a message.
      if (pace?.take(waitingCount()) === false) break
      const [free] = session < 0 ? [] : idle.splice(session, 1)
      if (free) transmit(free, (fresh >= 0 ? retries : waiting).shift() as QueuedMessage)
      else openConnection()
    }
    if (drained) for (const { settle } of [...retries.splice(0), ...waiting.splice(0)]) settle({ kind: 'withdrawn' })
  }

  function waitingCount(): number {
    return retries.length + waiting.length
  }

  /** Closes a used connection if a retry needs a new one and the limit is reached. */
  function makeRoom(): void {
    if (retries.length <= opening + ending || idle.length === 0) return
    ending += 1
    idle.pop()?.quit()
  }

  function requeue(queued: QueuedMessage): void {
    queued.isRetry = true
    retries.push(queued)
  }

  async function openConnection(): Promise<void> {
    open += 1
    opening += 1
    let session: SmtpSession | null = null
    try {
      session = await connect(options, owner)
    } catch (error) {
      const first = retries.shift() ?? waiting.shift()
      first?.settle(toResult(error))
    }
    opening -= 1
    if (session) returnToPool(session)
    else closed()
    dispatch()
  }

  function closed(): void {
    open -= 1
    ending = Math.max(0, ending - 1)
    idle.splice(0, idle.length, ...idle.filter((session) => session.isUsable()))
    if (open === 0) onEmpty()
    dispatch()
  }

  function returnToPool(session: SmtpSession): void {
    if (!session.isUsable()) return
    if (closing) session.quit()
    else idle.push(session)
  }

  async function transmit(session: SmtpSession, queued: QueuedMessage): Promise<void> {
    await session.send(queued)
    returnToPool(session)
    dispatch()
  }

  /** The message that has waited longest, for a connection that is about to send a final dot. */
  function next(): QueuedMessage | null {
    // If a connection is idle or being opened, the message does not have to wait behind a reply that may be slow.
    if (idle.length > 0 || waitingCount() <= opening) return null
    // The relay decides when a pipelined message starts, so a rate limit of ours could not be kept.
    if (pace !== null || drained) return null
    return waiting.shift() ?? null
  }

  function drain(): void {
    draining ??= setTimeout(() => {
      drained = true
      dispatch()
    }, options.drainMs ?? DRAIN_MS)
  }

  return {
    async send(message, confirmHandover) {
      const work = new Promise<SmtpResult>((settle) => waiting.push({ message, confirmHandover, settle }))
      working.add(work)
      dispatch()
      const result = await work
      working.delete(work)
      // Unless the message was accepted, its bytes may still be queued on a socket.
      if (result.kind === 'accepted') message.release?.()
      return result
    },

    drain,

    async close() {
      drain()
      await Promise.allSettled(working)
      clearTimeout(draining)
      drained = true
      closing = true
      pace?.close()
      for (const session of idle.splice(0)) session.quit()
      const closed = new Promise<void>((resolve) => {
        onEmpty = resolve
      })
      if (open > 0) await pTimeout(closed, { milliseconds: CLOSING_MS, message: false })
    },
  }
}

function toResult(error: unknown): SmtpResult {
  if (error instanceof ConnectError)
    return error.code === null
      ? { kind: 'lost', stage: error.stage, reason: error.message }
      : { kind: 'refused', stage: error.stage, code: error.code, reply: error.message }
  return { kind: 'lost', stage: 'connect', reason: String(error) }
}
