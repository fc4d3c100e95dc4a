import { ENCODE, hostAndPort, type Parsed, parsed, splitUrl, UrlProblem } from './url-parts.ts'

/** The mail relay in SMTP_URL. Never print its user or password. */
export interface SmtpServer {
  /** `smtps://`: TLS from the start of the connection. */
  readonly secure: boolean
  /** An ASCII host name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
  readonly credentials: { readonly user: string; readonly password: string } | null
}

export function parseSmtpUrl(text: string): Parsed<SmtpServer> {
  return parsed(() => {
    const example = 'Use smtp://user:password@host:587 or smtps://user:password@host:465.'
    const { scheme, credentials, host, port, path, query } = splitUrl(text, ['smtp', 'smtps'], example)
    if (path !== '' && path !== '/') throw new UrlProblem('has a path after the host.', `${example} ${ENCODE}`)
    if (query !== null) throw new UrlProblem('has parameters, and this service knows none.', `${example} ${ENCODE}`)
    if (credentials?.user === '') throw new UrlProblem('has a password and no user name.', example)
    if (credentials?.password === '') throw new UrlProblem('has a user name and no password.', example)
    return { secure: scheme === 'smtps', host, port: port ?? (scheme === 'smtps' ? 465 : 587), credentials }
  })
}

/** A form of the address that is safe to print: without user and password. */
export function redactedUrl(server: SmtpServer): string {
  return `${server.secure ? 'smtps' : 'smtp'}://${hostAndPort(server)}`
}
