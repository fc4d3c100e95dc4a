import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls'
import pTimeout from 'p-timeout'
import type { SmtpServer } from '../../core/service-urls/relay-url.ts'
import { ehloName } from './ehlo-name.ts'
import { createReplyReader } from './smtp-replies.ts'

/** What a relay shows to any client that connects. */
export type RelayReport =
  | { readonly reachable: false; readonly reason: string }
  | {
      readonly reachable: true
      readonly greeting: string
      /** `none`: the relay offers no TLS. */
      readonly tls: 'none' | 'starttls' | 'implicit'
      /** Why the certificate cannot be trusted; null if it can, or if there is none. */
      readonly certificateProblem: string | null
      /** When the certificate expires, ms UTC; null without one. */
      readonly validUntil: number | null
    }

const TIMEOUT_MS = 10_000

/**
 * Connects to a relay, reads its certificate and sends no message. `ca` (PEM) is trusted in addition to Node's own
 * list.
 */
export async function probeRelay(server: SmtpServer, clientName: string, ca?: string): Promise<RelayReport> {
  const { host, port, secure: implicit } = server
  const target = { host, port }
  const trust = {
    servername: /^[\d.]+$|:/.test(host) ? '' : host,
    rejectUnauthorized: false,
    ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
  }
  let socket: Socket | undefined
  try {
    socket = implicit ? connectTls({ ...target, ...trust }) : connectPlain(target)
    await once(socket, implicit ? 'secureConnect' : 'connect')
    const greeting = await readReply(socket)
    if (implicit) return { reachable: true, greeting, tls: 'implicit', ...certificateOf(socket as TLSSocket) }
    const offers = await ask(socket, `EHLO ${ehloName(clientName)}`)
    if (!/^250[ -]STARTTLS\s*$/im.test(offers))
      return { reachable: true, greeting, tls: 'none', certificateProblem: null, validUntil: null }
    const answer = await ask(socket, 'STARTTLS')
    if (!answer.startsWith('220'))
      return { reachable: true, greeting, tls: 'none', certificateProblem: null, validUntil: null }
    const secure = connectTls({ socket, ...trust })
    await once(secure, 'secureConnect')
    const seen = certificateOf(secure)
    secure.destroy()
    return { reachable: true, greeting, tls: 'starttls', ...seen }
  } catch (error) {
    return { reachable: false, reason: (error as Error).message }
  } finally {
    socket?.destroy()
  }
}

function certificateOf(socket: TLSSocket): { certificateProblem: string | null; validUntil: number | null } {
  const end = Date.parse(socket.getPeerCertificate().valid_to ?? '')
  const reason = socket.authorizationError as Error | string | undefined
  return {
    certificateProblem: socket.authorized ? null : String(reason instanceof Error ? reason.message : reason),
    validUntil: Number.isNaN(end) ? null : end,
  }
}

function ask(socket: Socket, command: string): Promise<string> {
  const reply = readReply(socket)
  socket.write(`${command}\r\n`)
  return reply
}

/** Reads one reply, which may span several lines (RFC 5321 section 4.2.1). */
function readReply(socket: Socket): Promise<string> {
  return withTimeout(socket, (settle, fail) => {
    const read = createReplyReader(({ text }) => settle(text))
    socket.on('data', (chunk) => {
      try {
        read(chunk)
      } catch (error) {
        fail(error as Error)
      }
    })
  })
}

function once(socket: Socket, event: string): Promise<unknown> {
  return withTimeout(socket, (settle) => socket.once(event, () => settle('')))
}

function withTimeout(
  socket: Socket,
  listen: (settle: (text: string) => void, fail: (error: Error) => void) => void,
): Promise<string> {
  let stop = () => {}
  const answer = new Promise<string>((resolve, reject) => {
    const closed = () => reject(new Error('the connection was closed'))
    stop = () => {
      socket.removeAllListeners('data').off('close', closed)
    }
    // Keep this listener: an error after the last read is irrelevant, but unhandled it would end the process.
    socket.on('error', reject).on('close', closed)
    listen(resolve, reject)
  })
  return pTimeout(answer, { milliseconds: TIMEOUT_MS, message: `no answer within ${TIMEOUT_MS / 1000} s` }).finally(
    stop,
  )
}
