import type { Mailer, OutgoingMessage, SmtpResult } from '../flow/ports.ts'
import { ConnectError, type ConnectOptions, connect } from './smtp-connection.ts'
import type { Session } from './smtp-session.ts'

export interface SmtpMailerOptions extends ConnectOptions {
  /** Open connections at most; further messages wait for one. */
  readonly connections: number
}

export interface SmtpMailer extends Mailer {
  /** Waits for messages on their way, then says QUIT on every connection and waits until they are gone. */
  close(): Promise<void>
}

interface Waiting {
  readonly message: OutgoingMessage
  readonly beforeDot: () => Promise<boolean>
  readonly settle: (result: SmtpResult) => void
}

/**
 * Sends over connections that are kept open. The last byte of a message is held back until `beforeDot` has committed the
 * mark: until then no final dot (RFC 5321, section 4.1.1.4) can have left, after that every loss is ambiguous.
 */
export function createSmtpMailer(options: SmtpMailerOptions): SmtpMailer {
  /** First come, first served, by whichever connection is free first. */
  const waiting: Waiting[] = []
  const idle: Session[] = []
  const working = new Set<Promise<unknown>>()
  /** Connections of which the relay may know, those being opened or closed too. */
  let open = 0
  let opening = 0
  let closing = false
  let onEmpty = () => {}

  function serve(): void {
    while (waiting.length > 0) {
      const session = takeIdle()
      if (session) transmit(session, waiting.shift() as Waiting, true)
      else if (open < options.connections && opening < waiting.length) openOne()
      else return
    }
  }

  function takeIdle(): Session | undefined {
    let session = idle.pop()
    while (session && !session.isUsable()) session = idle.pop()
    return session
  }

  async function openOne(): Promise<void> {
    open += 1
    opening += 1
    try {
      const session = await connect(options, closed)
      opening -= 1
      const next = waiting.shift()
      if (next) transmit(session, next, false)
      else keep(session)
    } catch (error) {
      opening -= 1
      waiting.shift()?.settle(toResult(error))
      closed()
    }
  }

  function closed(): void {
    open -= 1
    if (open === 0) onEmpty()
    serve()
  }

  function keep(session: Session): void {
    if (!session.isUsable()) return
    if (closing) session.quit()
    else idle.push(session)
  }

  async function transmit(session: Session, work: Waiting, reused: boolean): Promise<void> {
    const result = await session.send(work.message, work.beforeDot)
    // A kept connection that the server had closed meanwhile is no failure of the relay: nothing was handed over.
    const isStale = reused && result.kind === 'lost' && result.stage === 'mail' && !session.isUsable()
    if (isStale) waiting.unshift(work)
    else work.settle(result)
    keep(session)
    serve()
  }

  return {
    async send(message, beforeDot) {
      const work = new Promise<SmtpResult>((settle) => waiting.push({ message, beforeDot, settle }))
      working.add(work)
      serve()
      const result = await work
      working.delete(work)
      return result
    },

    async close() {
      await Promise.allSettled(working)
      closing = true
      for (const session of idle.splice(0)) session.quit()
      if (open > 0)
        await new Promise<void>((resolve) => {
          onEmpty = resolve
        })
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
