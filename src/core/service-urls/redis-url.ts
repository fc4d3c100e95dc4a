import { decode, ENCODE, type Parsed, parsed, readHost, splitAtHosts, splitUrl, UrlProblem } from './url-parts.ts'

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

export function parseRedisUrl(text: string): Parsed<RedisServer> {
  return parsed(() => {
    if (text.startsWith('/') && !/\p{Cc}/u.test(text)) return { socket: text }
    if (/^rediss?\+sentinel:/i.test(text)) return readSentinels(text)
    const example = 'Use redis://host:6379, rediss://user:password@host:6379, or the absolute path of a unix socket.'
    if (/^[^@?#]*,/.test(text.replace(/^.*@/s, '')))
      throw new UrlProblem('names several hosts, which only Sentinels can be.', SENTINEL_EXAMPLE)
    const { scheme, credentials, host, port, path, query } = splitUrl(text, ['redis', 'rediss'], example)
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
