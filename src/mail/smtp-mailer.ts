import { Readable } from 'node:stream'
import type { ReplyStage } from '../core/smtp-outcome.ts'
import type { Mailer, OutgoingMessage, SmtpResult } from '../flow/ports.ts'
import { ConnectError, type Connection, type ConnectOptions, connect } from './smtp-connection.ts'

export interface SmtpMailerOptions extends ConnectOptions {
  /** Open connections at most; further messages wait for one. */
  readonly connections: number
}

export interface SmtpMailer extends Mailer {
  /** Waits for messages on their way, then says QUIT on every connection. */
  close(): Promise<void>
}

/** Bytes held back until `beforeDot` agrees: enough that no server can take the message without them. */
const HELD_BACK = 1

/**
 * Sends through Nodemailer's SMTPConnection and keeps connections open. The message is fed by a stream that holds its last
 * byte back until `beforeDot` has committed the mark: until then no final dot (RFC 5321, section 4.1.1.4) can have left,
 * after that every loss is ambiguous.
 */
export function createSmtpMailer(options: SmtpMailerOptions): SmtpMailer {
  const idle: Connection[] = []
  const waiting: (() => void)[] = []
  const working = new Set<Promise<unknown>>()
  let taken = 0
  let closing = false

  async function acquire(): Promise<{ connection: Connection; reused: boolean }> {
    while (taken >= options.connections) await new Promise<void>((resolve) => waiting.push(resolve))
    taken += 1
    for (let kept = idle.pop(); kept; kept = idle.pop()) if (kept.isUsable()) return { connection: kept, reused: true }
    try {
      return { connection: await connect(options), reused: false }
    } catch (error) {
      release(null)
      throw error
    }
  }

  function release(connection: Connection | null): void {
    taken -= 1
    if (connection?.isUsable() && !closing) idle.push(connection)
    else connection?.drop()
    waiting.shift()?.()
  }

  async function attempt(message: OutgoingMessage, beforeDot: () => Promise<boolean>): Promise<SmtpResult> {
    for (;;) {
      const { connection, reused } = await acquire()
      const result = await transmit(connection, message, beforeDot)
      release(connection)
      // A kept connection that the server had closed meanwhile is no failure of the relay: nothing was handed over.
      const isStale = reused && result.kind === 'lost' && result.stage === 'mail'
      if (!isStale) return result
    }
  }

  return {
    async send(message, beforeDot) {
      const work = attempt(message, beforeDot).catch((error: unknown): SmtpResult => toResult(error))
      working.add(work)
      const result = await work
      working.delete(work)
      return result
    },

    async close() {
      closing = true
      await Promise.allSettled(working)
      for (const connection of idle.splice(0)) connection.quit()
    },
  }
}

function transmit(
  connection: Connection,
  message: OutgoingMessage,
  beforeDot: () => Promise<boolean>,
): Promise<SmtpResult> {
  return new Promise((resolve) => {
    let stage: ReplyStage = 'mail'
    let done = false
    const finish = (result: SmtpResult) => {
      if (done) return
      done = true
      // A refusal leaves the server within its transaction, where the next MAIL is an error (RFC 5321, section 3.3).
      if (result.kind === 'refused' && stage !== 'body') connection.quit()
      else if (result.kind !== 'accepted') connection.drop()
      resolve(result)
    }

    const body = bodyStream(
      message.raw,
      () => {
        stage = 'body'
      },
      async () => {
        if (done) return false
        const marked = await beforeDot()
        if (marked) stage = 'after-dot'
        // Dropped before the last byte: without its final dot the server discards what it has.
        else finish({ kind: 'withdrawn' })
        return marked
      },
      // The mark could not be made, so the last byte must not go: the same as a refusal.
      () => finish({ kind: 'withdrawn' }),
    )

    connection.send({ from: message.from, to: message.to, size: message.raw.length }, body, (error, reply) => {
      if (!error) return finish(answered(stage, reply))
      if (error.responseCode !== undefined && error.responseCode >= 400)
        return finish({
          kind: 'refused',
          stage: stage === 'mail' ? stageOf(error.command) : stage,
          code: error.responseCode,
          reply: error.response ?? error.message,
        })
      finish({ kind: 'lost', stage: stage === 'mail' ? stageOf(error.command) : stage, reason: error.message })
    })
  })
}

/** A server that says yes before it has the whole message is not to be believed. */
function answered(stage: ReplyStage, reply: string): SmtpResult {
  return stage === 'after-dot'
    ? { kind: 'accepted', reply }
    : { kind: 'lost', stage, reason: 'the server answered before the message was complete' }
}

function bodyStream(raw: Buffer, onStart: () => void, onLast: () => Promise<boolean>, onFault: () => void): Readable {
  const head = raw.subarray(0, raw.length - HELD_BACK)
  const tail = raw.subarray(raw.length - HELD_BACK)
  let step = 0
  return new Readable({
    // Asked for the last byte only once the head has gone on, so that a loss in mid-message stays before the mark.
    highWaterMark: 1,
    read() {
      step += 1
      if (step === 1) {
        onStart()
        this.push(head)
      } else if (step === 2) {
        onLast().then(
          (marked) => {
            if (!marked || this.destroyed) return
            this.push(tail)
            this.push(null)
          },
          () => onFault(),
        )
      }
    },
  })
}

function stageOf(command: string | undefined): ReplyStage {
  if (command === 'RCPT TO') return 'rcpt'
  if (command === 'DATA') return 'data'
  return 'mail'
}

function toResult(error: unknown): SmtpResult {
  if (error instanceof ConnectError)
    return error.code === null
      ? { kind: 'lost', stage: error.stage, reason: error.message }
      : { kind: 'refused', stage: error.stage, code: error.code, reply: error.message }
  return { kind: 'lost', stage: 'connect', reason: String(error) }
}
