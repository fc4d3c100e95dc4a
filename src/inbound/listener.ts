import { createHash } from 'node:crypto'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { AppError } from '../core/errors.ts'
import { readReturnAddress } from '../core/reports/return-address.ts'
import type { Ports } from '../flow/ports/ports.ts'
import { type ArrivedMail, MAX_KEPT_BYTES, receiveReport } from '../flow/reports/receive-report.ts'
import { type ClientLimits, createClientLimiter } from './client-limiter.ts'
import { ClientPace, type PaceLimits } from './client-pace.ts'

/** Larger than any report on a message of 80 KB, and too small to fill a disk. */
export const MAX_REPORT_BYTES = 2 * 1024 * 1024
/** Drops a client that keeps sending this long after exceeding the limit. */
const MAX_STREAMED_BYTES = 32 * 1024 * 1024
/** RFC 5321 section 4.5.3.1.4 requires 512 octets; extensions of MAIL need some more. */
const MAX_COMMAND_BYTES = 2_048
const SILENCE_MS = 60_000
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
  readonly domain: string
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
 * Accepts email for the return-path domain only: one recipient per message with a valid MAC (550 otherwise), up to 2 MB
 * (552). It stores the beginning of the message, replies 250, and parses it later. One network cannot hold all
 * connections (421), and slow clients are dropped. Fails with `misconfigured` if the port is in use.
 */
export async function startInboundListener(ports: Ports, options: ListenerOptions): Promise<InboundListener> {
  const limits = { ...LIMITS, ...options.limits }
  const limiter = createClientLimiter(limits)
  const clients = new Map<string, Client>()
  const clientOf = (session: SMTPServerSession) => clients.get(session.id)

  const smtp = new SMTPServer({
    name: options.domain,
    banner: 'delivery reports only',
    size: MAX_REPORT_BYTES,
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
      if (readReturnAddress(ports.keys, address, options.domain) !== null) return callback()
      ports.log.warn({ client: session.remoteAddress }, 'an email to an unknown return address was refused')
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
      collect(stream, session.envelope.rcptTo[0]?.address ?? '').then(
        async (mail) => {
          pace?.messageEnded()
          if (mail === null) {
            ports.log.warn({ client: session.remoteAddress }, 'a report was too large and was refused')
            return answer(reply(552, `5.3.4 The report is larger than ${MAX_REPORT_BYTES} bytes`))
          }
          try {
            if ((await receiveReport(ports, mail)) === 'too-many')
              return answer(reply(452, '4.2.1 Too many reports, try again later'))
            answer(null, 'kept')
            ports.hooks.wake()
          } catch (error) {
            ports.log.error({ error: String(error) }, 'a report could not be stored; the sending server will retry')
            answer(reply(451, '4.3.0 Try again later'))
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
    if (!limiter.enter(address)) return refuse(socket, options.domain)
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

/**
 * Reads a message and returns its beginning and the hash of the whole, or null if it is too large. In that case the
 * rest is read and discarded, so that the client receives the refusal.
 */
function collect(stream: SMTPServerDataStream, recipient: string): Promise<ArrivedMail | null> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256')
    const chunks: Buffer[] = []
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      if (size < MAX_KEPT_BYTES) chunks.push(chunk)
      size += chunk.length
      if (size <= MAX_REPORT_BYTES) hash.update(chunk)
      if (size > MAX_STREAMED_BYTES) {
        stream.destroy()
        reject(new Error('The client sent too much data.'))
      }
    })
    stream.on('error', reject)
    stream.on('end', () => {
      const isTooLarge = stream.sizeExceeded || size > MAX_REPORT_BYTES
      const head = Buffer.concat(chunks).subarray(0, MAX_KEPT_BYTES)
      resolve(isTooLarge ? null : { recipient, digest: hash.digest(), head })
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
