import type { Socket } from 'node:net'
import type { ReplyStage } from '../core/smtp-outcome.ts'
import type { OutgoingMessage, SmtpResult } from '../flow/ports.ts'
import { dotStuff, endOf } from './dot-stuff.ts'
import type { Extensions } from './smtp-extensions.ts'
import { createReplyReader, type Reply } from './smtp-replies.ts'

/** One open and, where need be, authenticated connection; one message at a time. */
export interface Session {
  isUsable(): boolean
  /** Never rejects. Anything but `accepted` ends the session, unless nothing was said to the server. */
  send(message: OutgoingMessage, beforeDot: () => Promise<boolean>): Promise<SmtpResult>
  /** Ends it politely. */
  quit(): void
}

/** Bytes held back until `beforeDot` agrees: enough that no server can take the message without them. */
const HELD_BACK = 1
/** A server that does not close after QUIT is left. */
const FAREWELL_MS = 1_000

interface Transaction {
  onReply(reply: Reply): void
  onLost(reason: string): void
}

/** Speaks on a socket that nobody else reads or writes any more; `onClosed` is told once it is gone. */
export function createSession(socket: Socket, extensions: Extensions, onClosed: () => void): Session {
  let usable = true
  let current: Transaction | null = null

  /** At once: a message without its final dot is discarded by the server (RFC 5321, section 4.1.1.4). */
  const drop = () => {
    usable = false
    socket.destroy()
  }
  const quit = () => {
    if (!usable) return
    usable = false
    socket.end('QUIT\r\n')
    setTimeout(() => socket.destroy(), FAREWELL_MS).unref()
  }
  /** After a refusal: it hears QUIT, and the next connection need not wait until it has closed this one. */
  const leave = () => {
    usable = false
    socket.end('QUIT\r\n')
    socket.destroySoon()
  }
  const lose = (reason: string) => {
    drop()
    const lost = current
    current = null
    lost?.onLost(reason)
  }

  const read = createReplyReader((reply) => {
    if (current) current.onReply(reply)
    // A server may say 421 at any time (section 3.8); anything else unasked means that we no longer understand each other.
    else drop()
  })
  socket.on('data', (chunk: Buffer) => {
    try {
      if (usable) read(chunk)
    } catch (error) {
      lose((error as Error).message)
    }
  })
  socket.on('timeout', () => lose('the server fell silent'))
  socket.on('error', (error) => lose(error.message))
  socket.on('end', () => lose('the connection was closed'))
  socket.on('close', () => {
    lose('the connection was closed')
    onClosed()
  })

  function send(message: OutgoingMessage, beforeDot: () => Promise<boolean>): Promise<SmtpResult> {
    const fault = faultOf(message, extensions)
    if (fault !== null) return Promise.resolve({ kind: 'lost', stage: 'mail', reason: fault })
    if (!usable) return Promise.resolve({ kind: 'lost', stage: 'mail', reason: 'the connection was closed' })
    return new Promise((resolve) => {
      const commands = commandsFor(message, extensions)
      let stage: ReplyStage = 'mail'
      /** The first command that failed; with pipelining the replies to the others follow. */
      let failure: SmtpResult | null = null

      const finish = (result: SmtpResult, then: () => void) => {
        current = null
        then()
        resolve(result)
      }

      const readEnvelopeReply = (reply: Reply, at: 'mail' | 'rcpt' | 'data') => {
        const isGood = Math.floor(reply.code / 100) === (at === 'data' ? 3 : 2)
        if (!isGood) failure ??= resultOf(reply, at)
        if (failure !== null) {
          if (reply.code === 421) return finish(failure, drop)
          // It waits for a message though nobody is to get it: even a lone dot would be one.
          if (at === 'data' && isGood) return finish(failure, drop)
          if (at === 'data' || !extensions.pipelining) return finish(failure, leave)
        }
        if (at === 'data') return sendBody()
        stage = at === 'mail' ? 'rcpt' : 'data'
        if (!extensions.pipelining) socket.write(commands[stage])
      }

      const sendBody = () => {
        stage = 'body'
        const data = dotStuff(message.raw)
        const held = data.length - HELD_BACK
        // The mark is asked for once the system has taken the head, so that a loss in mid-message stays before the mark.
        socket.write(data.subarray(0, held), (error) => {
          if (error || stage !== 'body' || current !== transaction) return
          beforeDot().then(
            (marked) => (marked ? sendEnd(data.toString('latin1', held) + endOf(data)) : withdraw()),
            // The mark could not be made, so the last byte must not go: the same as a refusal.
            withdraw,
          )
        })
      }

      const sendEnd = (end: string) => {
        // Lost meanwhile, and told so: what was marked needlessly is settled by what became of it.
        if (current !== transaction) return
        stage = 'after-dot'
        socket.write(end, 'latin1')
      }

      const withdraw = () => {
        if (current === transaction) finish({ kind: 'withdrawn' }, drop)
      }

      const transaction: Transaction = {
        onReply(reply) {
          if (stage === 'mail' || stage === 'rcpt' || stage === 'data') return readEnvelopeReply(reply, stage)
          if (stage === 'body') return finish(early(reply), drop)
          const result = resultOf(reply, 'after-dot')
          finish(result, result.kind === 'accepted' ? () => {} : reply.code === 421 ? drop : leave)
        },
        onLost(reason) {
          // Which of several commands the server had read when it went cannot be known.
          const lostAt = stage === 'rcpt' || stage === 'data' ? 'mail' : stage
          finish(failure ?? { kind: 'lost', stage: lostAt, reason }, () => {})
        },
      }
      current = transaction
      socket.write(extensions.pipelining ? commands.mail + commands.rcpt + commands.data : commands.mail)
    })
  }

  return { isUsable: () => usable, send, quit }
}

/** Why this message cannot be said to this server at all; null when it can. */
function faultOf({ from, to, raw }: OutgoingMessage, { largest }: Extensions): string | null {
  // In a command these would end the address, or the command.
  if (/[\r\n<>]/.test(from) || /[\r\n<>]/.test(to) || to === '') return 'an address that cannot be written in a command'
  return largest > 0 && raw.length > largest ? `the server takes no message above ${largest} bytes` : null
}

function commandsFor(
  { from, to, raw }: OutgoingMessage,
  extensions: Extensions,
): Record<'mail' | 'rcpt' | 'data', string> {
  const isForeign = extensions.smtpUtf8 && /[\u0080-\uffff]/.test(from + to)
  const size = extensions.size ? ` SIZE=${raw.length}` : ''
  return {
    mail: `MAIL FROM:<${from}>${isForeign ? ' SMTPUTF8' : ''}${size}\r\n`,
    rcpt: `RCPT TO:<${to}>\r\n`,
    data: 'DATA\r\n',
  }
}

function resultOf({ code, text }: Reply, stage: ReplyStage): SmtpResult {
  if (code >= 400) return { kind: 'refused', stage, code, reply: text }
  if (stage === 'after-dot' && code < 300) return { kind: 'accepted', reply: text }
  return { kind: 'lost', stage, reason: `an answer that means nothing here: ${text}` }
}

/** A server that says yes before it has the whole message is not to be believed. */
function early({ code, text }: Reply): SmtpResult {
  return code >= 400
    ? { kind: 'refused', stage: 'body', code, reply: text }
    : { kind: 'lost', stage: 'body', reason: 'the server answered before the message was complete' }
}
