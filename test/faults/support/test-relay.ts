import { createHash } from 'node:crypto'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/**
 * The point in a session at which the relay decides what to do. `body`: the first bytes have arrived; `dot`: the whole
 * message has.
 */
export type Verb = 'greeting' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot'

export type Action =
  | 'go-on'
  | 'drop'
  /** At `dot`: accepts the message without ever replying. */
  | 'take-and-drop'
  | 'silence'
  | { readonly reply: string }
  /** Continues once this settles; at `dot`, the message is accepted first. */
  | { readonly after: Promise<unknown> }

export interface Taken {
  readonly messageId: string
  readonly to: string
  /** SHA-256 of every byte between DATA and the final dot. */
  readonly hash: string
  readonly bytes: number
  /** When the final dot arrived, ms UTC. */
  readonly at: number
  readonly session: number
  /** False if no reply was written. */
  answered: boolean
  readonly raw: Buffer | null
}

export interface Receiver {
  readonly url: string
  readonly port: number
  /** Every accepted message, in the order of acceptance. Trials are judged by this record. */
  readonly taken: readonly Taken[]
  /** Number of messages of which some bytes arrived, but not the final dot. */
  readonly broken: () => number
  readonly sessions: () => number
  /** Decides for every verb of every session. */
  script: (verb: Verb, facts: { session: number; to: string; from: string }) => Action
  /**
   * True if the message was the last of a session that ended without QUIT, so its sender may not have received the
   * reply.
   */
  wasCutOff(message: Taken): boolean
  /** Ends idle sessions, so that the next message needs a new one. */
  dropSessions(): void
  close(): Promise<void>
}

export interface ReceiverOptions {
  /** Keeps the bytes of messages to these addresses. */
  readonly keep?: (to: string) => boolean
  /** Offers PIPELINING (RFC 2920), as most relays do. */
  readonly pipelining?: boolean
  /** Requires AUTH PLAIN. */
  readonly auth?: boolean
  /** Delay before the reply to the final dot, ms. */
  readonly thinkMs?: () => number
  readonly port?: number
}

interface Session {
  last: Taken | null
  quit: boolean
  over: boolean
}

/**
 * A real SMTP server (RFC 5321) that enforces the order of commands, misbehaves on demand and records what it accepts
 * before it replies. It runs in the test's process, so that it survives every kill.
 */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const taken: Taken[] = []
  const sockets = new Set<Socket>()
  const sessions: Session[] = []
  let broken = 0
  const state: Pick<Receiver, 'script'> = { script: () => 'go-on' }
  const extensions = ['8BITMIME', 'SIZE 50000000', ...(options.pipelining ? ['PIPELINING'] : [])]
  if (options.auth) extensions.push('AUTH PLAIN')

  const server = createServer((socket) => {
    sockets.add(socket)
    const session: Session = { last: null, quit: false, over: false }
    const number = sessions.push(session)
    let from: string | null = null
    let to = ''
    let bodyBytes: Buffer[] | null = null
    let pending = Buffer.alloc(0)
    let work: Promise<void> = Promise.resolve()
    /** Nothing received from now on is read: the connection was dropped, is silent, or was ended with 421. */
    let isOver = false
    const drop = () => {
      isOver = true
      socket.destroy()
    }
    const refuse = (reply: string) => {
      write(`${reply}\r\n`)
      if (!reply.startsWith('421')) return
      isOver = true
      socket.end()
    }

    socket.on('error', () => {})
    socket.on('close', () => {
      sockets.delete(socket)
      session.over = true
      if (bodyBytes !== null && bodyBytes.length > 0) broken += 1
    })

    const write = (text: string): void => {
      if (!socket.destroyed && socket.writable) socket.write(text)
    }

    /** Whether the verb was answered normally. */
    const perform = async (verb: Verb, reply: string): Promise<boolean> => {
      const action = state.script(verb, { session: number, to, from: from ?? '' })
      if (action === 'go-on') write(reply)
      else if (action === 'drop' || action === 'take-and-drop') drop()
      else if (action !== 'silence' && 'after' in action) {
        await action.after
        write(reply)
        return !socket.destroyed
      } else if (action === 'silence') isOver = true
      else refuse(action.reply)
      return action === 'go-on'
    }

    const take = async (raw: Buffer): Promise<void> => {
      const action = state.script('dot', { session: number, to, from: from ?? '' })
      from = null
      if (action === 'drop') return drop()
      if (typeof action === 'object' && 'reply' in action) return refuse(action.reply)
      const message: Taken = {
        messageId: /^message-id:\s*<?([^\s>]+)/im.exec(raw.toString('latin1', 0, 8_000))?.[1] ?? '',
        to,
        hash: createHash('sha256').update(raw).digest('hex'),
        bytes: raw.length,
        at: Date.now(),
        session: number,
        answered: false,
        raw: options.keep?.(to) ? raw : null,
      }
      taken.push(message)
      session.last = message
      if (action === 'take-and-drop') return drop()
      if (action === 'silence') {
        isOver = true
        return
      }
      if (typeof action === 'object') await action.after
      const think = options.thinkMs?.() ?? 0
      if (think > 0) await new Promise((resolve) => setTimeout(resolve, think))
      if (socket.destroyed) return
      message.answered = true
      write(`250 2.0.0 taken as ${taken.length}\r\n`)
    }

    const command = async (line: string): Promise<void> => {
      const word = line.slice(0, 4).toUpperCase()
      if (word === 'EHLO' || word === 'HELO') {
        from = null
        const lines = ['test', ...extensions].map(
          (text, index, all) => `250${index === all.length - 1 ? ' ' : '-'}${text}`,
        )
        await perform('ehlo', `${lines.join('\r\n')}\r\n`)
      } else if (word === 'AUTH') await perform('auth', '235 2.7.0 welcome\r\n')
      else if (word === 'MAIL') {
        if (from !== null) return write('503 5.5.1 nested MAIL command\r\n')
        to = ''
        if (await perform('mail', '250 2.1.0 ok\r\n')) from = /<([^>]*)>/.exec(line)?.[1] ?? ''
      } else if (word === 'RCPT') {
        if (from === null) return write('503 5.5.1 MAIL first\r\n')
        const address = /<([^>]*)>/.exec(line)?.[1] ?? ''
        to = address
        if (!(await perform('rcpt', '250 2.1.5 ok\r\n'))) to = ''
      } else if (word === 'DATA') {
        if (from === null || to === '') return write('554 5.5.1 no valid recipients\r\n')
        if (await perform('data', '354 go on\r\n')) bodyBytes = []
      } else if (word === 'QUIT') {
        session.quit = true
        socket.end('221 2.0.0 bye\r\n')
      } else if (word === 'RSET') {
        from = null
        write('250 2.0.0 ok\r\n')
      } else write('502 5.5.2 unknown command\r\n')
    }

    const consume = async (): Promise<void> => {
      // What a sender wrote before it was killed still counts.
      while (!isOver) {
        if (bodyBytes === null) {
          const end = pending.indexOf('\r\n')
          if (end < 0) return
          const line = pending.toString('latin1', 0, end)
          pending = pending.subarray(end + 2)
          await command(line)
          continue
        }
        if (pending.length === 0) return
        if (bodyBytes.length === 0) {
          bodyBytes.push(Buffer.alloc(0))
          const action = state.script('body', { session: number, to, from: from ?? '' })
          if (action === 'drop') return drop()
          if (typeof action === 'object' && 'after' in action) await action.after
        }
        const end = pending.indexOf('\r\n.\r\n')
        if (end < 0) return
        const raw = unstuff(pending.subarray(0, end + 2))
        pending = pending.subarray(end + 5)
        bodyBytes = null
        await take(raw)
      }
    }

    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk])
      work = work.then(consume)
    })
    work = work.then(async () => {
      await perform('greeting', '220 test ESMTP\r\n')
    })
  })

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  return Object.assign(state, {
    url: options.auth ? `smtp://course:wrong@127.0.0.1:${port}` : `smtp://127.0.0.1:${port}`,
    port,
    taken,
    broken: () => broken,
    sessions: () => sessions.length,
    wasCutOff(message: Taken) {
      const session = sessions[message.session - 1]
      return session?.last === message && session.over && !session.quit
    },
    dropSessions() {
      for (const socket of sockets) socket.destroy()
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  })
}

/** RFC 5321, section 4.5.2. */
function unstuff(data: Buffer): Buffer {
  return data.indexOf('\r\n..') < 0 && data[0] !== 0x2e
    ? Buffer.from(data)
    : Buffer.from(data.toString('latin1').replace(/^\.\./gm, '.'), 'latin1')
}
