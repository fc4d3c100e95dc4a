import { domainToASCII } from 'node:url'
import { AppError } from '../errors.ts'

/**
 * A value, or what is wrong with the text and how to fix it. Neither sentence quotes the text, because it may contain a
 * password.
 */
export type Parsed<T> = { readonly value: T } | { readonly what: string; readonly fix: string }

/** For addresses that do not come from a setting. Throws AppError 'misconfigured' if there is no value. */
export function requireValue<T>(parsed: Parsed<T>): T {
  if ('value' in parsed) return parsed.value
  throw new AppError('misconfigured', `The address ${parsed.what} ${parsed.fix}`)
}

/** What `scheme://user:password@host:port/path?query` consists of, decoded. */
interface Parts {
  readonly scheme: string
  readonly credentials: { readonly user: string; readonly password: string } | null
  readonly host: string
  readonly port: number | null
  readonly path: string
  readonly query: string | null
}

/** What is wrong with a URL; neither this nor its fix quotes it. */
export class UrlProblem extends Error {
  readonly fix: string

  constructor(what: string, fix: string) {
    super(what)
    this.fix = fix
  }
}

/** The fix where a password may be what is wrong. */
export const ENCODE =
  'Percent-encode it in user and password: % as %25, @ as %40, : as %3A, / as %2F, ? as %3F, # as %23.'
const MAX_LENGTH = 8_000

/** What `read` returns, or the UrlProblem that it throws. */
export function parsed<T>(read: () => T): Parsed<T> {
  try {
    return { value: read() }
  } catch (error) {
    if (error instanceof UrlProblem) return { what: error.message, fix: error.fix }
    throw error
  }
}

/**
 * Splits `scheme://user:password@host:port/path?query`. A host never contains "@", so user and password end at the last
 * one and may contain any character, unless the text could be read in two ways.
 */
export function splitUrl(text: string, schemes: readonly string[], example: string): Parts {
  const { authority, ...parts } = splitAtHosts(text, schemes, example)
  return { ...parts, ...readHost(authority, example) }
}

/** The same for an address that may name several hosts. */
export function splitAtHosts(
  text: string,
  schemes: readonly string[],
  example: string,
): Omit<Parts, 'host' | 'port'> & { readonly authority: string } {
  if (text.length > MAX_LENGTH) throw new UrlProblem(`has more than ${MAX_LENGTH} characters.`, example)
  if (/[\s\p{Cc}]/u.test(text))
    throw new UrlProblem('has a space or a control character in it.', `${example} Write a space in a password as %20.`)
  const start = /^([a-z][a-z0-9+.-]{0,30}):\/\//i.exec(text)
  const scheme = (start?.[1] ?? '').toLowerCase()
  if (start === null || !schemes.includes(scheme))
    throw new UrlProblem(`does not begin with ${schemes.map((one) => `${one}://`).join(' or ')}.`, example)
  const rest = text.slice(start[0].length)
  const at = rest.lastIndexOf('@')
  const [, authority = '', path = '', query = ''] = /^([^/?#]*)([^?#]*)(.*)$/s.exec(rest.slice(at + 1)) ?? []
  return {
    scheme,
    credentials: at < 0 ? null : readCredentials(rest.slice(0, at), example),
    authority,
    path,
    query: query === '' ? null : query.replace(/^\?/, ''),
  }
}

function readCredentials(text: string, example: string) {
  const cut = /^([^/?#]*)[/?#]/.exec(text)?.[1]
  // "host:25/a@b" could be a host and its path, or a user and a password.
  if (cut !== undefined && /^[^:]*(:\d*)?$/.test(cut))
    throw new UrlProblem('can be read in two ways: "/", "?" or "#" stands before an "@".', ENCODE)
  const colon = text.indexOf(':')
  const [user, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  if (user === '' && password === '')
    throw new UrlProblem('has an "@" with no user name and no password before it.', example)
  return { user: decode(user), password: decode(password) }
}

/** Percent-decodes the text if it contains an escape. A password with a bare "%" was never encoded. */
export function decode(text: string): string {
  const encoded = /%[0-9a-f]{2}/i.test(text)
  if (!encoded) return text
  if (/%(?![0-9a-f]{2})/i.test(text))
    throw new UrlProblem('has both encoded characters and a bare "%" in user or password.', ENCODE)
  let decoded: string
  try {
    decoded = decodeURIComponent(text)
  } catch {
    throw new UrlProblem('has a "%" in user or password that is not encoded text.', ENCODE)
  }
  if (/\p{Cc}/u.test(decoded)) throw new UrlProblem('has a control character in user or password.', ENCODE)
  return decoded
}

/** A host and its port, null where none is written. Throws UrlProblem. */
export function readHost(authority: string, example: string): { host: string; port: number | null } {
  const found = /^(\[[^[\]]*\]|[^:[\]]*)(?::([^:]*))?$/s.exec(authority)
  if (found === null)
    throw new UrlProblem(
      'has an IPv6 address that is not in brackets, or two ports.',
      `Put the address in brackets, such as [::1]. ${ENCODE}`,
    )
  const [, name = '', portText] = found
  if (name === '') throw new UrlProblem('has no host.', example)
  if (portText !== undefined && portText !== '' && !/^\d{1,6}$/.test(portText))
    throw new UrlProblem('has a port that is not a number.', `${example} ${ENCODE}`)
  const port = portText ? Number(portText) : null
  if (port !== null && (port < 1 || port > 65_535)) throw new UrlProblem('has a port outside 1 to 65535.', example)
  return { host: hostOf(name, example), port }
}

/** Lower case, with international names in the ASCII form that DNS and SMTP use. */
function hostOf(name: string, example: string): string {
  const noHost = new UrlProblem('has a host that is no name and no address.', example)
  if (name.startsWith('[')) {
    const address = URL.parse(`http://${name}/`)?.hostname
    if (!address) throw noHost
    return address.slice(1, -1)
  }
  if (/[%\\^|<>{}"'`,;()&=+$!*~]/.test(name)) throw noHost
  const ascii = domainToASCII(name)
  const known = ascii === '' ? null : URL.parse(`http://${ascii}/`)
  const labels = ascii.replace(/\.$/, '').split('.')
  if (
    !known?.hostname ||
    ascii.length > 253 ||
    labels.some((label) => !/^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
  )
    throw noHost
  return known.hostname.replace(/\.$/, '')
}

/** An IPv6 address is in brackets. */
export function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
