import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { ReplyStage } from '../../core/delivery/classify-reply.ts'
import type { SmtpServer } from '../../core/service-url.ts'
import { ehloName } from './ehlo-name.ts'
import { readExtensions } from './smtp-extensions.ts'
import { createSmtpSession, type SmtpSession, type SmtpSessionOwner } from './smtp-session.ts'
import { takeOverSocket } from './take-over-socket.ts'

/**
 * `required`: nothing is sent, least of all credentials, before TLS is established. `opportunistic`: TLS where the relay
 * offers it. `none`: never; for a relay on this machine. Wherever there is TLS, the certificate is verified.
 */
export type TlsMode = 'required' | 'opportunistic' | 'none'

export interface ConnectOptions {
  readonly server: SmtpServer
  /** Left out: opportunistic. `smtps://` is TLS from the first byte on, whatever this says. */
  readonly tls?: TlsMode
  /** The client's host name or IP address, for EHLO. */
  readonly clientName: string
  /** Silence after which a connection counts as lost, ms. RFC 5321, section 4.5.3.2.6 asks for ten minutes after the dot. */
  readonly socketTimeoutMs: number
}

interface SmtpError extends Error {
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  readonly command?: string | undefined
  /** The system's own code, where Nodemailer put another in its place. */
  readonly originalCode?: string | undefined
}

/** No connection, or none that may send. `code` is the reply's, null when there was none. */
export class ConnectError extends Error {
  readonly stage: ReplyStage
  readonly code: number | null

  constructor(stage: ReplyStage, message: string, code: number | null) {
    super(message)
    this.name = 'ConnectError'
    this.stage = stage
    this.code = code
  }
}

/**
 * Connects, upgrades to TLS where it can, and logs in; Nodemailer does all of it and is left behind then. Rejects with
 * ConnectError only.
 */
export function connect(options: ConnectOptions, owner: SmtpSessionOwner): Promise<SmtpSession> {
  const { host, port, secure, credentials } = options.server
  return new Promise((resolve, reject) => {
    const smtp = new SMTPConnection({
      host,
      port,
      secure,
      name: ehloName(options.clientName),
      ignoreTLS: options.tls === 'none',
      connectionTimeout: 30_000,
      greetingTimeout: 30_000,
      socketTimeout: options.socketTimeoutMs,
      socketCloseTimeout: 0,
      logger: false,
    })
    const fail = (error: SmtpError) => {
      smtp.close()
      reject(new ConnectError(connectStageOf(error), error.response ?? error.message, error.responseCode ?? null))
    }
    smtp.on('error', fail)

    smtp.connect((error?: SmtpError | null) => {
      if (error) return fail(error)
      // A relay, or somebody between, may hide STARTTLS: that does not permit plain text.
      if (options.tls === 'required' && !smtp.secure) return fail(new NoTlsError())
      // The reply to EHLO, the one after TLS where there is TLS; AUTH would take its place.
      const extensions = readExtensions(smtp.lastServerResponse || '')
      const open = () => {
        try {
          resolve(createSmtpSession(takeOverSocket(smtp), extensions, owner))
        } catch (error) {
          fail(error as Error)
        }
      }
      if (credentials === null) return open()
      const { user, password: pass } = credentials
      smtp.login({ user, pass }, (refused?: SmtpError | null) => (refused ? fail(refused) : open()))
    })
  })
}

class NoTlsError extends Error {
  constructor() {
    super('the relay offers no STARTTLS, and SMTP_TLS is required: use smtps:// or a relay with STARTTLS')
  }
}

/** Node's error codes for a bad certificate or a failed handshake. */
const TLS_ERROR = /CERT|SELF_SIGNED|UNABLE_TO|ERR_SSL|ERR_TLS/

function connectStageOf(error: SmtpError): ReplyStage {
  if (error instanceof NoTlsError || TLS_ERROR.test(error.originalCode ?? '')) return 'tls'
  if (error.command?.startsWith('AUTH')) return 'auth'
  if (error.command === 'EHLO' || error.command === 'HELO') return 'ehlo'
  if (error.command === 'STARTTLS') return 'tls'
  return error.responseCode === undefined ? 'connect' : 'greeting'
}
