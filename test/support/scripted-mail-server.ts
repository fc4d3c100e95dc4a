import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'

/** The point in a session at which the script is asked what to do. `dot`: the whole message has arrived. */
export type Verb = 'greeting' | 'ehlo' | 'mail' | 'rcpt' | 'data' | 'body' | 'dot'

export type Action =
  | 'go-on'
  | 'drop'
  /** Accepts the message (at `dot`) and drops the connection without a reply. */
  | 'take-and-drop'
  /** Accepts the message (at `dot`), then neither replies nor reads for the rest of the session. */
  | 'silence'
  | { readonly reply: string }
  /** Continues after this promise. */
  | { readonly after: Promise<void> }

export interface TakenMessage {
  readonly to: string
  readonly from: string
  readonly messageId: string
  readonly raw: Buffer
  readonly at: number
  /** False if no reply was sent. */
  readonly answered: boolean
}

export interface ScriptedMailServer {
  readonly url: string
  readonly port: number
  readonly taken: TakenMessage[]
  readonly sessions: () => number
  /** Decides for every verb of every session; by default, everything continues normally. */
  script: (verb: Verb, facts: { session: number; to: string; from: string }) => Action
  close(): Promise<void>
}

/**
 * A small real SMTP server that misbehaves on demand and does not enforce the order of commands. It records what it
 * accepts before it replies.
 */
export async function startScriptedMailServer(
  port = 0,
  extensions: readonly string[] = ['8BITMIME', 'SIZE 50000000'],
): Promise<ScriptedMailServer> {
  const taken: TakenMessage[] = []
  const sockets = new Set<Socket>()
  let sessions = 0
  const ehlo = ['test', ...extensions].map((text, at) => `250${at < extensions.length ? '-' : ' '}${text}\r\n`).join('')
  const state: Pick<ScriptedMailServer, 'script'> = { script: () => 'go-on' }

  const server = createServer((socket) => {
    sockets.add(socket)
    // Replies are small; without this the system would delay each one until the previous one is acknowledged.
    socket.setNoDelay(true)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    sessions += 1
    const session = sessions
    let from = ''
    let to = ''
    let inData = false
    /** Nothing received from now on is read: the connection was dropped, is silent, or was ended with 421. */
    let isOver = false
    let message: Buffer[] = []
    let pending = Buffer.alloc(0)
    let queue: Promise<void> = Promise.resolve()

    const perform = async (verb: Verb, reply: string): Promise<boolean> => {
      const action = state.script(verb, { session, to, from })
      if (action === 'go-on') {
        if (verb === 'dot') take(true)
        if (reply) socket.write(reply)
        return true
      }
      if (action === 'drop' || action === 'take-and-drop') {
        if (action === 'take-and-drop') take(false)
        isOver = true
        socket.destroy()
        return false
      }
      if (action === 'silence') {
        if (verb === 'dot') take(false)
        isOver = true
        return false
      }
      if ('after' in action) {
        await action.after
        if (verb === 'dot') take(!socket.destroyed)
        if (reply && !socket.destroyed) socket.write(reply)
        return true
      }
      socket.write(`${action.reply}\r\n`)
      if (action.reply.startsWith('421')) {
        isOver = true
        socket.end()
      }
      return false
    }

    const take = (answered: boolean) => {
      const raw = Buffer.concat(message)
      const messageId = /^message-id:\s*(\S+)/im.exec(raw.toString('latin1'))?.[1] ?? ''
      taken.push({ to, from, messageId, raw, at: Date.now(), answered })
    }

    const line = async (text: string): Promise<void> => {
      const word = text.slice(0, 4).toUpperCase()
      if (word === 'EHLO' || word === 'HELO') await perform('ehlo', ehlo)
      else if (word === 'MAIL') {
        from = /<([^>]*)>/.exec(text)?.[1] ?? ''
        to = ''
        await perform('mail', '250 2.1.0 ok\r\n')
      } else if (word === 'RCPT') {
        to = /<([^>]*)>/.exec(text)?.[1] ?? ''
        await perform('rcpt', '250 2.1.5 ok\r\n')
      } else if (word === 'DATA') {
        message = []
        if (await perform('data', '354 go on\r\n')) inData = true
      } else if (word === 'QUIT') {
        socket.end('221 bye\r\n')
      } else socket.write('250 2.0.0 ok\r\n')
    }

    const consume = async (): Promise<void> => {
      while (!isOver) {
        if (inData) {
          if (message.length === 0 && pending.length > 0 && !pending.subarray(0, 3).equals(Buffer.from('.\r\n'))) {
            const action = state.script('body', { session, to, from })
            if (action === 'drop') {
              socket.destroy()
              return
            }
            if (typeof action === 'object' && 'after' in action) await action.after
          }
          const end = pending.indexOf('\r\n.\r\n')
          if (end < 0) return
          message.push(unstuff(pending.subarray(0, end + 2)))
          pending = pending.subarray(end + 5)
          inData = false
          await perform('dot', `250 2.0.0 taken as ${taken.length + 1}\r\n`)
          continue
        }
        const end = pending.indexOf('\r\n')
        if (end < 0) return
        const text = pending.subarray(0, end).toString('latin1')
        pending = pending.subarray(end + 2)
        await line(text)
      }
    }

    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk])
      queue = queue.then(consume)
    })
    queue = queue.then(async () => {
      await perform('greeting', '220 test ESMTP\r\n')
    })
  })

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  const address = server.address() as AddressInfo
  return Object.assign(state, {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    taken,
    sessions: () => sessions,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  })
}

/** RFC 5321, section 4.5.2. */
function unstuff(data: Buffer): Buffer {
  return Buffer.from(data.toString('latin1').replace(/^\.\./gm, '.'), 'latin1')
}
