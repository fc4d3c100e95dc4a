import { createHash } from 'node:crypto'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { AppError } from '../core/errors.ts'
import { MAX_INBOUND_BYTES } from '../core/reports/inbound-email.ts'
import { errorName } from '../flow/error-name.ts'
import type { Ports } from '../flow/ports/ports.ts'
import { type ClientLimits, createClientLimiter } from './client-limiter.ts'
import { ClientPace, type PaceLimits } from './client-pace.ts'
import { type MailDomains, type Received, recipientKindOf } from './recipient-kinds.ts'

/** Drops a client that keeps sending this long after exceeding the limit. */
const MAX_STREAMED_BYTES = 32 * 1024 * 1024
/** RFC 5321 section 4.5.3.1.4 requires 512 octets; extensions of MAIL need some more. */
const MAX_COMMAND_BYTES = 2_048
const SILENCE_MS = 60_000
/** Of all messages being received, because replies are held as a whole. Beyond it, clients are asked to come back. */
const MAX_HELD_BYTES = 32 * 1024 * 1024
const MAX_REFUSED_RECIPIENTS = 10
const MAX_TRANSACTIONS = 100

export interface ListenerLimits extends ClientLimits, PaceLimits {
  /** Interval for checking the pace of clients, ms. */
  readonly checkIntervalMs: number
}

const LIMITS: ListenerLimits = {
  total: 50,
  network: 10,
  site: 20,
  step: 60_000,
  grace: 20_000,
  bytesPerSecond: 500,
  message: 300_000,
  connection: 600_000,
  commandBytes: 32 * 1024,
  checkIntervalMs: 1_000,
}

export interface InboundListener {
  readonly port: number
  close(): Promise<void>
}

export interface ListenerOptions {
  readonly domains: MailDomains
  readonly port: number
  /** Certificate and key in PEM form, for STARTTLS (RFC 3207). Null: STARTTLS is not offered. */
  readonly tls: { readonly cert: string; readonly key: string } | null
  readonly limits?: Partial<ListenerLimits>
}

interface Client {
  readonly socket: Socket
  readonly pace: ClientPace
  refused: number
  transactions: number
}

/**
 * Accepts email for the return-path domain and the reply domain only: one recipient per message with a valid MAC (550
 * otherwise), up to 2 MB (552). It stores what is needed of the message, replies 250, and parses it later. One network
 * cannot hold all connections (421), and slow clients are dropped. Fails with `misconfigured` if the port is in use.
 */
export async function startInboundListener(ports: Ports, options: ListenerOptions): Promise<InboundListener> {
  const limits = { ...LIMITS, ...options.limits }
  const limiter = createClientLimiter(limits)
  const clients = new Map<string, Client>()
  const clientOf = (session: SMTPServerSession) => clients.get(session.id)
  const name = options.domains.returnPath ?? options.domains.reply ?? ''
  const held = { bytes: 0 }

  const smtp = new SMTPServer({
    name,
    banner: 'delivery reports and replies only',
    size: MAX_INBOUND_BYTES,
    maxCommandLength: MAX_COMMAND_BYTES,
    socketTimeout: SILENCE_MS,
    closeTimeout: 5_000,
    authOptional: true,
    ...(options.tls === null
      ? { disabledCommands: ['AUTH', 'STARTTLS'] }
      : { ...options.tls, minVersion: 'TLSv1.2' as const, disabledCommands: ['AUTH'] }),
    disableReverseLookup: true,
    logger: false,

    onMailFrom(_address, session, callback) {
      const client = clientOf(session)
      client?.pace.commandReceived()
      if (client !== undefined && ++client.transactions > MAX_TRANSACTIONS)
        return callback(reply(421, '4.7.0 Too many messages in this connection'))
      callback()
    },

    onRcptTo({ address }, session, callback) {
      const client = clientOf(session)
      client?.pace.commandReceived()
      if (session.envelope.rcptTo.length > 0) return callback(reply(452, '4.5.3 One recipient at a time'))
      if (recipientKindOf(ports, options.domains, address) !== null) return callback()
      ports.log.warn({ client: session.remoteAddress }, 'an email to an unknown address was refused')
      if (client !== undefined && ++client.refused >= MAX_REFUSED_RECIPIENTS)
        return callback(reply(421, '4.7.0 Too many addresses that do not exist'))
      callback(reply(550, '5.1.1 No such address'))
    },

    onData(stream, session, callback) {
      const pace = clientOf(session)?.pace
      pace?.messageStarted()
      const answer = (error: Error | null, text?: string) => {
        pace?.messageAnswered()
        callback(error, text)
      }
      const recipient = session.envelope.rcptTo[0]?.address ?? ''
      const kind = recipientKindOf(ports, options.domains, recipient)
      if (kind === null) {
        stream.resume()
        answer(reply(550, '5.1.1 No such address'))
        return
      }
      const sender = session.envelope.mailFrom
      const client = {
        ip: session.remoteAddress,
        helo: session.hostNameAppearsAs || '',
        mailFrom: sender === false ? '' : sender.address,
      }
      collect(stream, kind.keptBytes, held).then(
        async (collected) => {
          pace?.messageEnded()
          try {
            if (collected === 'too-large') {
              ports.log.warn({ client: session.remoteAddress }, `${kind.what} was too large and was refused`)
              return answer(reply(552, kind.tooLarge))
            }
            if (collected === 'no-room') return answer(reply(452, '4.3.1 Too much is being received, try again later'))
            const received = await kind.receive(ports, { recipient, client, ...collected })
            const refusal = REFUSALS[received]
            if (refusal !== null) return answer(reply(...refusal))
            answer(null, 'kept')
            ports.hooks.wake()
          } catch (error) {
            const facts = { error: errorName(error) }
            ports.log.error(facts, `${kind.what} could not be stored; the sending server will retry`)
            answer(reply(451, '4.3.0 Try again later'))
          } finally {
            if (typeof collected === 'object') held.bytes -= collected.kept.length
          }
        },
        // The connection is broken, so there is nobody to reply to.
        () => clientOf(session)?.socket.destroy(),
      )
    },
  })
  // Clients that drop their connection are normal.
  smtp.on('error', (error: Error) => ports.log.debug({ error: error.message }, 'a connection for reports failed'))

  let connections = 0
  // smtp-server only counts clients and has an idle timeout, so limits per network and minimum pace are applied before
  // it.
  const server = createServer((socket) => {
    const address = socket.remoteAddress ?? ''
    if (!limiter.enter(address)) return refuse(socket, name)
    const id = `reports-${++connections}`
    clients.set(id, { socket, pace: new ClientPace(socket), refused: 0, transactions: 0 })
    socket.once('close', () => {
      clients.delete(id)
      limiter.leave(address)
    })
    smtp.connect(socket, { id })
  })
  const watch = setInterval(() => {
    const now = performance.now()
    for (const { socket, pace } of clients.values()) if (pace.isTooSlow(limits, now)) socket.destroy()
  }, limits.checkIntervalMs)
  watch.unref()

  await listenOn(server, options.port)
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        clearInterval(watch)
        // Closes the open connections; smtp-server's own server never listened.
        smtp.close(() => {})
        const deadlineTimer = setTimeout(() => {
          for (const { socket } of clients.values()) socket.destroy()
        }, 5_000)
        server.close(() => {
          clearTimeout(deadlineTimer)
          resolve()
        })
        for (const { socket, pace } of clients.values()) if (!pace.isInMessage) socket.destroy()
      }),
  }
}

/** RFC 5321 section 3.1: replies 421, so that the client retries later. */
function refuse(socket: Socket, domain: string): void {
  socket.on('error', () => {})
  socket.end(`421 4.7.0 ${domain} Too many connections, try again later\r\n`)
  setTimeout(() => socket.destroy(), 1_000).unref()
}

const REFUSALS: Readonly<Record<Received, readonly [code: number, text: string] | null>> = {
  kept: null,
  unknown: [550, '5.1.1 No such address'],
  'too-many': [452, '4.2.1 Too many messages for this address, try again later'],
}

interface Collected {
  readonly kept: Buffer
  /** SHA-256 of the whole message. */
  readonly digest: Buffer
}

/**
 * Reads a message and keeps its first bytes, which count in `held` until the caller takes them out. One that is too large
 * or finds no room is read and discarded, so that the client receives the refusal. Rejects if the connection ends first.
 */
function collect(
  stream: SMTPServerDataStream,
  keptBytes: number,
  held: { bytes: number },
): Promise<Collected | 'too-large' | 'no-room'> {
  return new Promise((resolve, reject) => {
    const digest = createHash('sha256')
    const chunks: Buffer[] = []
    let [size, kept, hasRoom] = [0, 0, true]
    const letGo = () => {
      held.bytes -= kept
      kept = 0
      chunks.length = 0
    }
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_STREAMED_BYTES) {
        stream.destroy()
        return fail(new Error('The client sent too much data.'))
      }
      if (size > MAX_INBOUND_BYTES || !hasRoom) return letGo()
      digest.update(chunk)
      const wanted = chunk.subarray(0, keptBytes - kept)
      if (held.bytes + wanted.length > MAX_HELD_BYTES) {
        hasRoom = false
        return letGo()
      }
      // A copy: the chunk shares the memory of others.
      chunks.push(Buffer.from(wanted))
      kept += wanted.length
      held.bytes += wanted.length
    })
    const fail = (error: Error) => {
      letGo()
      reject(error)
    }
    stream.on('error', fail)
    stream.on('end', () => {
      const isTooLarge = stream.sizeExceeded || size > MAX_INBOUND_BYTES
      if (!isTooLarge && hasRoom) {
        // From here on they are the caller's.
        kept = 0
        return resolve({ kept: Buffer.concat(chunks), digest: digest.digest() })
      }
      letGo()
      resolve(isTooLarge ? 'too-large' : 'no-room')
    })
  })
}

function reply(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code })
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `BOUNCE_PORT ${port} is already in use. Stop the program that uses it, or choose another port and forward port 25 to it.`
          : error.code === 'EACCES'
            ? `BOUNCE_PORT ${port} cannot be opened by this user. Choose one above 1023 and forward port 25 to it.`
            : null
      reject(why === null ? error : new AppError('misconfigured', why, { cause: error }))
    }
    server.once('error', fail)
    server.listen(port, () => {
      server.removeListener('error', fail)
      resolve()
    })
  })
}
