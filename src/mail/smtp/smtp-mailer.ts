import pTimeout from 'p-timeout'
import type { Mailer, SmtpResult } from '../../flow/ports/ports.ts'
import { createMessagePace, type SharedPace } from './message-pace.ts'
import { ConnectError, type ConnectOptions, connect } from './smtp-connection.ts'
import type { QueuedMessage, SmtpSession, SmtpSessionOwner } from './smtp-session.ts'

export interface SmtpMailerOptions extends ConnectOptions {
  /** Open connections of this process at most; further messages wait for one. */
  readonly connections: number
  /** The rate of all workers together; left out where there is no limit. */
  readonly pace?: SharedPace
  /** A message that waits this much longer when the service stops is given back, ms; 5,000. */
  readonly drainMs?: number
}

export interface SmtpMailer extends Mailer {
  /** From now on no message waits long: one that finds no connection, or must not begin yet, is given back `withdrawn`. */
  drain(): void
  /** Drains, waits for messages on their way, then says QUIT on every connection and waits a moment until they are gone. */
  close(): Promise<void>
}

const DRAIN_MS = 5_000
/** Longer than a session waits after QUIT; one that is still being opened is left. */
const CLOSING_MS = 2_000

/**
 * Sends over connections that are kept open. The last byte of a message is held back until `confirmHandover` has
 * committed the handover: until then no final dot (RFC 5321, section 4.1.1.4) can have left, after that every loss is
 * ambiguous.
 */
export function createSmtpMailer(options: SmtpMailerOptions): SmtpMailer {
  /** First come, first served, by whichever connection is free first. */
  const waiting: QueuedMessage[] = []
  /** Those whose connection ended under them: each goes by a new one, before all others. */
  const retries: QueuedMessage[] = []
  const idle: SmtpSession[] = []
  const working = new Set<Promise<unknown>>()
  /** Connections of which the relay may know: being opened, at work, idle, and being closed. */
  let open = 0
  let opening = 0
  /** Of the open ones: those that end to make room for a retry. */
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
      // Opening a connection is paced as a message is.
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

  /** A connection that was used ends where a retry needs a new one and the limit is reached. */
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

  /** The message that waits longest, for a connection that is about to end another. */
  function next(): QueuedMessage | null {
    // One for which a connection is idle, or being opened, is not bound to a reply that may be slow.
    if (idle.length > 0 || waitingCount() <= opening) return null
    // The relay decides when it begins, so our pace does not apply.
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
      // Unless accepted, bytes of the message may still be queued on a socket.
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
