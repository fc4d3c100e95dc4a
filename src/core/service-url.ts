import { domainToASCII } from 'node:url'
import { AppError } from './errors.ts'

/** The mail relay in SMTP_URL. Never print its user or password. */
export interface SmtpServer {
  /** `smtps://`: TLS from the start of the connection. */
  readonly secure: boolean
  /** An ASCII host name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
  readonly credentials: { readonly user: string; readonly password: string } | null
}

/** What REDIS_URL names. Never print a user or a password of it. */
export type RedisServer =
  /** Absolute path of a Unix socket. */
  { readonly socket: string } | RedisNode | RedisSentinels

interface RedisLogin {
  readonly tls: boolean
  /** Null: the default user. */
  readonly user: string | null
  readonly password: string | null
  readonly database: number
  /** 0 allows both IPv4 and IPv6. */
  readonly family: 0 | 4 | 6
}

/** One Redis server that is reached over the network. */
export interface RedisNode extends RedisLogin {
  readonly host: string
  readonly port: number
}

/** Sentinels that know which of several Redis servers is the master. The login is that of the servers. */
export interface RedisSentinels extends RedisLogin {
  readonly sentinels: readonly { readonly host: string; readonly port: number }[]
  /** The name under which they watch the master. */
  readonly name: string
  /** Null: Sentinels without a password. */
  readonly sentinelLogin: { readonly user: string | null; readonly password: string } | null
}

/** The public address of the site. */
export interface PublicUrl {
  /** Scheme and host in lower case, host in ASCII, no trailing slash. */
  readonly href: string
  readonly secure: boolean
  readonly hostname: string
  /** '' for a site at the root of its host, otherwise for example `/course`. */
  readonly path: string
}

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

interface Parts {
  readonly scheme: string
  readonly credentials: { readonly user: string; readonly password: string } | null
  readonly host: string
  readonly port: number | null
  readonly path: string
  readonly query: string | null
}

class UrlProblem extends Error {
  readonly fix: string

  constructor(what: string, fix: string) {
    super(what)
    this.fix = fix
  }
}

const ENCODE = 'Percent-encode it in user and password: % as %25, @ as %40, : as %3A, / as %2F, ? as %3F, # as %23.'
const MAX_LENGTH = 8_000
/**
 * Links contain the path, and a header that contains a link cannot be folded: a line ends at 998 characters (RFC 5322).
 */
const MAX_PATH_LENGTH = 200

export function parseSmtpUrl(text: string): Parsed<SmtpServer> {
  return parsed(() => {
    const example = 'Use smtp://user:password@host:587 or smtps://user:password@host:465.'
    const { scheme, credentials, host, port, path, query } = split(text, ['smtp', 'smtps'], example)
    if (path !== '' && path !== '/') throw new UrlProblem('has a path after the host.', `${example} ${ENCODE}`)
    if (query !== null) throw new UrlProblem('has parameters, and this service knows none.', `${example} ${ENCODE}`)
    if (credentials?.user === '') throw new UrlProblem('has a password and no user name.', example)
    if (credentials?.password === '') throw new UrlProblem('has a user name and no password.', example)
    return { secure: scheme === 'smtps', host, port: port ?? (scheme === 'smtps' ? 465 : 587), credentials }
  })
}

export function parseRedisUrl(text: string): Parsed<RedisServer> {
  return parsed(() => {
    if (text.startsWith('/') && !/\p{Cc}/u.test(text)) return { socket: text }
    if (/^rediss?\+sentinel:/i.test(text)) return readSentinels(text)
    const example = 'Use redis://host:6379, rediss://user:password@host:6379, or the absolute path of a unix socket.'
    if (/^[^@?#]*,/.test(text.replace(/^.*@/s, '')))
      throw new UrlProblem('names several hosts, which only Sentinels can be.', SENTINEL_EXAMPLE)
    const { scheme, credentials, host, port, path, query } = split(text, ['redis', 'rediss'], example)
    const database = /^\/?$/.test(path) ? '0' : /^\/(\d{1,5})\/?$/.exec(path)?.[1]
    if (database === undefined) throw new UrlProblem('has a path that is not the number of a database.', example)
    const family = query === null ? '4' : /^family=([046])$/.exec(query)?.[1]
    if (family === undefined)
      throw new UrlProblem('has a parameter other than family=0, 4 or 6.', `${example} ${ENCODE}`)
    if (credentials?.password === '') throw new UrlProblem('has a user name and no password.', example)
    return {
      tls: scheme === 'rediss',
      host,
      port: port ?? 6379,
      user: credentials?.user || null,
      password: credentials?.password ?? null,
      database: Number(database),
      // An IPv6 address is only reachable over IPv6.
      family: query === null ? (host.includes(':') ? 6 : 0) : (Number(family) as 0 | 4 | 6),
    }
  })
}

const SENTINEL_EXAMPLE =
  'For Sentinels use redis+sentinel://user:password@host:26379,host2:26379/name, with the name of the master at its end.'
const SENTINEL_PORT = 26_379
const SENTINEL_PARAMETERS = ['sentinelUser', 'sentinelPassword']

/** `rediss+sentinel:` is TLS to the Sentinels and to the servers that they name. */
function readSentinels(text: string): RedisSentinels {
  const { scheme, credentials, authority, path, query } = splitAtHosts(
    text,
    ['redis+sentinel', 'rediss+sentinel'],
    SENTINEL_EXAMPLE,
  )
  const sentinels = authority.split(',').map((one) => {
    const { host, port } = readHost(one, SENTINEL_EXAMPLE)
    return { host, port: port ?? SENTINEL_PORT }
  })
  const [, name, database = '0'] = /^\/([A-Za-z0-9._-]+)(?:\/(\d{1,5}))?\/?$/.exec(path) ?? []
  if (name === undefined) throw new UrlProblem('does not end with the name of a master.', SENTINEL_EXAMPLE)
  if (credentials?.password === '') throw new UrlProblem('has a user name and no password.', SENTINEL_EXAMPLE)
  return {
    sentinels,
    name,
    tls: scheme === 'rediss+sentinel',
    user: credentials?.user || null,
    password: credentials?.password ?? null,
    database: Number(database),
    family: 0,
    sentinelLogin: readSentinelLogin(query ?? ''),
  }
}

function readSentinelLogin(query: string): RedisSentinels['sentinelLogin'] {
  const values = new Map<string, string>()
  for (const part of query.split('&').filter((one) => one !== '')) {
    const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(part) ?? []
    if (!SENTINEL_PARAMETERS.includes(name) || value === '' || values.has(name))
      throw new UrlProblem(
        `has a parameter other than one ${SENTINEL_PARAMETERS.join(' and one ')}.`,
        `${SENTINEL_EXAMPLE} ${ENCODE}`,
      )
    values.set(name, decode(value))
  }
  const user = values.get('sentinelUser') ?? null
  const password = values.get('sentinelPassword')
  if (password !== undefined) return { user, password }
  if (user !== null) throw new UrlProblem('has a sentinelUser and no sentinelPassword.', SENTINEL_EXAMPLE)
  return null
}

/** `reserved`: first path segments used by the site, which its own path must not begin with. */
export function parsePublicUrl(text: string, reserved: readonly string[] = []): Parsed<PublicUrl> {
  return parsed(() => {
    const example =
      'Use the address people reach the site at, such as https://course.example or https://example.org/course.'
    // An "@" in the path would be read as the end of a user name.
    if (/^[^:]*:\/\/[^@/?#]*[/?#][^@]*@/.test(text)) throw new UrlProblem('has an "@" after the host.', example)
    const { scheme, credentials, host, port, path, query } = split(text, ['http', 'https'], example)
    if (credentials !== null) throw new UrlProblem('has a user name or a password.', example)
    if (query !== null) throw new UrlProblem('has a query or a fragment.', example)
    const trimmed = path.replace(/\/+$/, '')
    // Only characters that every proxy, browser and mail program leaves unchanged.
    if (!/^(?:\/[A-Za-z0-9_~-](?:[A-Za-z0-9._~-]*[A-Za-z0-9_~-])?)*$/.test(trimmed) || trimmed.includes('..'))
      throw new UrlProblem('has a path of other signs than letters, digits, "-", "_", "~" and "/".', example)
    if (trimmed.length > MAX_PATH_LENGTH)
      throw new UrlProblem(`has a path of more than ${MAX_PATH_LENGTH} characters.`, example)
    const first = trimmed.split('/')[1]?.toLowerCase() ?? ''
    if (reserved.includes(first))
      throw new UrlProblem(`begins with /${first}, a path of the site itself.`, 'Use another path, such as /course.')
    const standard = scheme === 'https' ? 443 : 80
    const shownHost = host.includes(':') ? `[${host}]` : host
    const shownPort = port === null || port === standard ? '' : `:${port}`
    return {
      href: `${scheme}://${shownHost}${shownPort}${trimmed}`,
      secure: scheme === 'https',
      hostname: shownHost,
      path: trimmed,
    }
  })
}

/** Where the database is: the path of an SQLite file, or the URL of a Postgres database, which may hold a password. */
export type DatabaseLocation = { readonly sqlite: string } | { readonly postgres: string }

/** The path of the SQLite file, as written. */
export function parseDatabaseUrl(text: string): Parsed<DatabaseLocation> {
  return parsed(() => {
    if (/^postgres(ql)?:/i.test(text)) return { postgres: checkedPostgresUrl(text) }
    const example = 'Use sqlite: and the path of a file, such as sqlite:data/bootcamp.db.'
    const path = /^sqlite:(.*)$/is.exec(text)?.[1]
    if (path === undefined) throw new UrlProblem('is not a database this version knows.', example)
    if (path === '' || /^\/*$/.test(path)) throw new UrlProblem('names no file.', example)
    if (/\p{Cc}/u.test(path)) throw new UrlProblem('has a control character in its path.', example)
    if (path.startsWith(':memory:'))
      throw new UrlProblem('keeps nothing: everything would be lost at the end.', example)
    if (/[?#]/.test(path)) throw new UrlProblem('has parameters, and this service knows none.', example)
    if (path.endsWith('/')) throw new UrlProblem('names a folder and not a file.', example)
    if (/^\/\/[^/]/.test(path))
      throw new UrlProblem('names a host.', 'Use three slashes for an absolute path: sqlite:///path.')
    return { sqlite: path.replace(/^\/\/(?=\/)/, '') }
  })
}

/** The parameters of libpq that are passed on; others would be ignored without a word. */
const POSTGRES_PARAMETERS = ['host', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'target_session_attrs']
const SOCKET = 'socket'
const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full']
/** Of several servers the one is used that accepts writes, which is what these two ask for. */
const SESSION_ATTRIBUTES = ['read-write', 'primary']

/** Scheme and user, then the hosts, then the rest. */
const POSTGRES_URL = /^(\w+:\/\/(?:[^/@]*@)?)([^/?#]*)(.*)$/s

function checkedPostgresUrl(text: string): string {
  const example = 'Use postgres://user:password@host:5432/database?sslmode=verify-full.'
  const urls = postgresUrls(text)
  for (const one of urls) {
    // libpq leaves the host out where `host` names the folder of a socket; a URL may not.
    const whole = one.replace(/^(\w+:\/\/(?:[^/@]*@)?)(?=\/)/, `$1${SOCKET}`)
    if (!URL.canParse(whole))
      throw new UrlProblem('is not a URL.', `${example} Percent-encode special characters in the password.`)
    checkPostgresParts(new URL(whole), example)
  }
  const attributes = /[?&]target_session_attrs=([^&]*)/.exec(text)?.[1] ?? 'read-write'
  if (!SESSION_ATTRIBUTES.includes(attributes))
    throw new UrlProblem(
      `has target_session_attrs "${attributes}", and this service must write.`,
      'Use read-write, or leave it out.',
    )
  return text
}

function checkPostgresParts(url: URL, example: string): void {
  if (url.pathname.length < 2) throw new UrlProblem('names no database.', example)
  if (url.hostname === SOCKET && !url.searchParams.get('host')) throw new UrlProblem('names no host.', example)
  for (const name of url.searchParams.keys())
    if (!POSTGRES_PARAMETERS.includes(name))
      throw new UrlProblem(
        `has the parameter "${name}", which has no effect here.`,
        `Use ${POSTGRES_PARAMETERS.join(', ')}.`,
      )
  const mode = url.searchParams.get('sslmode')
  if (mode !== null && !SSL_MODES.includes(mode))
    throw new UrlProblem(`has the sslmode "${mode}".`, `Use one of ${SSL_MODES.join(', ')}.`)
}

/**
 * One URL for each server that this one names, in order: libpq takes several hosts, each with its port, or several folders of
 * sockets in `host`, with commas between them.
 */
export function postgresUrls(text: string): readonly [string, ...string[]] {
  const [, start = '', hosts = '', rest = ''] = POSTGRES_URL.exec(text) ?? []
  const folders = /([?&]host=)([^&]*)/.exec(rest)
  const single = rest.replace(/([?&])target_session_attrs=[^&]*(&|$)/, (_, before, after) => (after ? before : ''))
  const urls =
    folders === null
      ? hosts.split(',').map((host) => `${start}${host}${single}`)
      : decodeURIComponent(folders[2] ?? '')
          .split(',')
          .map(
            (folder) => `${start}${hosts}${single.replace(folders[0], `${folders[1]}${encodeURIComponent(folder)}`)}`,
          )
  return urls as [string, ...string[]]
}

/** A form of the address that is safe to print: without user and password. */
export function redactedUrl(server: SmtpServer): string {
  return `${server.secure ? 'smtps' : 'smtp'}://${hostAndPort(server)}`
}

/** An IPv6 address is in brackets. */
export function hostAndPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function parsed<T>(read: () => T): Parsed<T> {
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
function split(text: string, schemes: readonly string[], example: string): Parts {
  const { authority, ...parts } = splitAtHosts(text, schemes, example)
  return { ...parts, ...readHost(authority, example) }
}

/** The same for an address that may name several hosts. */
function splitAtHosts(
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
function decode(text: string): string {
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

function readHost(authority: string, example: string): { host: string; port: number | null } {
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
