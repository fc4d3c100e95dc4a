import type { Readable } from 'node:stream'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { ReplyStage } from '../core/smtp-outcome.ts'

export interface ConnectOptions {
  /** `smtp://user:pass@host:port` or `smtps://`. */
  readonly url: string
  /** What we call ourselves in EHLO. */
  readonly clientName: string
  /** Silence after which a connection counts as lost, ms. RFC 5321, section 4.5.3.2.6 asks for ten minutes after the dot. */
  readonly silenceMs: number
}

/** One open and, where the URL says so, authenticated connection; one message at a time. */
export interface Connection {
  isUsable(): boolean
  send(
    envelope: { from: string; to: string; size: number },
    body: Readable,
    callback: (error: SmtpError | null, reply: string) => void,
  ): void
  /** Ends it at once; a message without its final dot is discarded by the server. */
  drop(): void
  /** Ends it politely. */
  quit(): void
}

export interface SmtpError extends Error {
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
  readonly command?: string | undefined
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

/** Connects, upgrades to TLS where it can, and logs in. Rejects with ConnectError only. */
export function connect(options: ConnectOptions): Promise<Connection> {
  const url = new URL(options.url)
  const secure = url.protocol === 'smtps:'
  return new Promise((resolve, reject) => {
    const smtp = new SMTPConnection({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port) || (secure ? 465 : 587),
      secure,
      name: options.clientName,
      connectionTimeout: 30_000,
      greetingTimeout: 30_000,
      socketTimeout: options.silenceMs,
      // A dropped connection must be gone, not politely ended with the message's bytes still under way.
      socketCloseTimeout: 0,
      logger: false,
    })
    let usable = true
    let open = false
    const fail = (error: SmtpError) => {
      usable = false
      if (open) return
      smtp.close()
      reject(new ConnectError(connectStageOf(error), error.response ?? error.message, error.responseCode ?? null))
    }
    smtp.on('error', fail)
    smtp.on('end', () => {
      usable = false
    })

    const ready = () => {
      open = true
      resolve({
        isUsable: () => usable,
        send(envelope, body, callback) {
          smtp.send(
            { from: envelope.from, to: [envelope.to], size: envelope.size },
            body,
            (error: SmtpError | null, info?: { response?: string | undefined }) =>
              callback(error, info?.response ?? ''),
          )
        },
        drop() {
          usable = false
          smtp.close()
        },
        quit() {
          usable = false
          smtp.quit()
        },
      })
    }

    smtp.connect((error?: SmtpError | null) => {
      if (error) return fail(error)
      if (!url.username) return ready()
      const credentials = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
      smtp.login(credentials, (refused?: SmtpError | null) => (refused ? fail(refused) : ready()))
    })
  })
}

function connectStageOf(error: SmtpError): ReplyStage {
  if (error.command?.startsWith('AUTH')) return 'auth'
  if (error.command === 'EHLO' || error.command === 'HELO') return 'ehlo'
  if (error.command === 'STARTTLS') return 'tls'
  return error.responseCode === undefined ? 'connect' : 'greeting'
}
