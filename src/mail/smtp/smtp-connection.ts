import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { ReplyStage } from '../../core/delivery/classify-reply.ts'
import type { SmtpServer } from '../../core/service-urls/relay-url.ts'
import { ehloName } from './ehlo-name.ts'
import { readExtensions } from './smtp-extensions.ts'
import { createSmtpSession, type SmtpSession, type SmtpSessionOwner } from './smtp-session.ts'
import { takeOverSocket } from './take-over-socket.ts'

/**
 * `required`: nothing, least of all credentials, is sent before TLS is established. `opportunistic`: TLS if the relay
 * offers it. `none`: never, for a relay on this machine. Whenever TLS is used, the certificate is verified.
 */
export type TlsMode = 'required' | 'opportunistic' | 'none'

export interface ConnectOptions {
  readonly server: SmtpServer
  /** Default: opportunistic. `smtps://` always uses TLS from the first byte. */
  readonly tls?: TlsMode
  /** The client's host name or IP address, for EHLO. */
  readonly clientName: string
  /**
   * A connection silent for this long counts as lost, ms. RFC 5321, section 4.5.3.2.6 asks for ten minutes after the
   * final dot.
   */
  readonly socketTimeoutMs: number
}

interface SmtpError extends Error {
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  readonly command?: string | undefined
  /** The system's error code, where Nodemailer replaced it with its own. */
  readonly originalCode?: string | undefined
}

/** The connection failed, or may not be used to send. `code` is the SMTP reply code; null if there was no reply. */
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
 * Connects, upgrades to TLS where possible, and logs in. Nodemailer does all of this and is not used afterwards.
 * Rejects only with ConnectError.
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
      // The relay, or someone in between, may hide STARTTLS. That must not lead to plain text.
      if (options.tls === 'required' && !smtp.secure) return fail(new NoTlsError())
      // Keep the reply to EHLO (the one after STARTTLS, if TLS is used) before the reply to AUTH replaces it.
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
