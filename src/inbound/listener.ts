import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import { AppError } from '../core/errors.ts'
import { readReturnAddress } from '../core/verp.ts'
import type { Ports } from '../flow/ports.ts'
import { keepEvents } from '../flow/receive-hook.ts'

/** Larger than any report on a mail of 80 KB, and far below what would fill a disk. */
export const MAX_REPORT_BYTES = 2 * 1024 * 1024
const MAX_CLIENTS = 50
const SILENCE_MS = 60_000

export interface InboundListener {
  readonly port: number
  close(): Promise<void>
}

/**
 * Takes mail for the return-path domain and nothing else: recipients whose MAC fits (550 otherwise), one at a time, up
 * to 2 MB (552). Keeps it, answers 250, and only then is it looked at. Fails with `misconfigured` for a taken port.
 */
export async function startInboundListener(
  ports: Ports,
  options: { domain: string; port: number },
): Promise<InboundListener> {
  const server = new SMTPServer({
    name: options.domain,
    banner: 'reports on mail only',
    size: MAX_REPORT_BYTES,
    maxClients: MAX_CLIENTS,
    socketTimeout: SILENCE_MS,
    closeTimeout: 5_000,
    authOptional: true,
    // There is no certificate, and reports hold nothing that did not come the same way.
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    logger: false,

    onRcptTo({ address }, session, callback) {
      if (session.envelope.rcptTo.length > 0) return callback(reply(452, '4.5.3 One recipient at a time'))
      if (readReturnAddress(ports.keys, address, options.domain) !== null) return callback()
      ports.log.warn({ client: session.remoteAddress }, 'mail for an address that was not made here was refused')
      callback(reply(550, '5.1.1 No such address'))
    },

    onData(stream, session, callback) {
      collect(stream).then(
        async (raw) => {
          if (raw === null) {
            ports.log.warn({ client: session.remoteAddress }, 'a report was too large and was refused')
            return callback(reply(552, `5.3.4 The report is larger than ${MAX_REPORT_BYTES} bytes`))
          }
          try {
            await keep(ports, session, raw)
            callback(null, 'kept')
            ports.hooks.wake()
          } catch (error) {
            ports.log.error({ error: String(error) }, 'a report could not be kept; its server tries again')
            callback(reply(451, '4.3.0 Try again later'))
          }
        },
        () => callback(reply(451, '4.3.0 Try again later')),
      )
    },
  })
  // Clients that drop their connection are none of our concern.
  server.on('error', (error: Error) => ports.log.debug({ error: error.message }, 'a connection for reports failed'))
  await listenOn(server, options.port)
  const { port } = server.server.address() as AddressInfo
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** The whole message, or null when it is too large; then the rest is read and dropped, so that the client hears why. */
function collect(stream: SMTPServerDataStream): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_REPORT_BYTES) chunks.length = 0
      else chunks.push(chunk)
    })
    stream.on('error', reject)
    stream.on('end', () => resolve(stream.sizeExceeded || size > MAX_REPORT_BYTES ? null : Buffer.concat(chunks)))
  })
}

async function keep(ports: Ports, session: SMTPServerSession, raw: Buffer): Promise<void> {
  const recipient = session.envelope.rcptTo[0]?.address ?? ''
  // A server whose connection broke before our answer brings the same bytes again.
  const key = createHash('sha256').update(recipient.toLowerCase()).update('\0').update(raw).digest('base64url')
  const isFromNobody = !session.envelope.mailFrom || session.envelope.mailFrom.address === ''
  const path = isFromNobody ? Buffer.from('Return-Path: <>\r\n') : Buffer.alloc(0)
  await keepEvents(ports, [{ source: 'smtp', key, nonce: null, recipient, raw: Buffer.concat([path, raw]) }])
}

function reply(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code })
}

function listenOn(server: SMTPServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `BOUNCE_PORT ${port} is taken. Stop what uses it, or choose another port and forward port 25 to it.`
          : error.code === 'EACCES'
            ? `BOUNCE_PORT ${port} may not be used by this user. Choose one above 1023 and forward port 25 to it.`
            : null
      reject(why === null ? error : new AppError('misconfigured', why, { cause: error }))
    }
    server.server.once('error', fail)
    server.listen(port, () => {
      server.server.removeListener('error', fail)
      resolve()
    })
  })
}
