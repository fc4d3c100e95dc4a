import { Redis } from 'ioredis'
import pTimeout from 'p-timeout'
import { AppError } from '../core/errors.ts'
import type { RedisSentinels, RedisServer } from '../core/service-urls/redis-url.ts'
import { hostAndPort } from '../core/service-urls/url-parts.ts'
import { findMaster } from './find-master.ts'
import { answersWithoutTls, answersWithTls } from './probe-tls.ts'
import { redisOptions } from './redis.ts'

/** Patience with a server that does not answer. */
const REDIS_TIMEOUT_MS = 2_000

export interface RedisCheck {
  /** `away`: no response within two seconds, or Redis is still loading its data. */
  readonly state: 'ready' | 'away'
  /** Whether this user may run INFO, which BullMQ does by default. */
  readonly canUseInfo: boolean
  /** A relevant setting that could not be read or leaves no way out, as one sentence with the fix; null if none. */
  readonly doubt: string | null
  /** Host and port of the master that Sentinel names; null without Sentinel, or if none answers. */
  readonly master: string | null
}

const UNREACHABLE: RedisCheck = { state: 'away', canUseInfo: true, doubt: null, master: null }

/** Every command that the queue uses, harmless on keys that begin with `key`; two keys where a script has several. */
const commandsOn = (key: string): readonly (readonly [string, ...(string | number)[]])[] => [
  ['PING'],
  ['SET', `${key}:text`, '1', 'PX', 60_000],
  ['GET', `${key}:text`],
  ['EXISTS', `${key}:text`],
  ['TYPE', `${key}:text`],
  ['INCR', `${key}:number`],
  ['INCRBY', `${key}:number`, 1],
  ['PEXPIRE', `${key}:number`, 60_000],
  ['PEXPIREAT', `${key}:number`, 9_999_999_999_999],
  ['PTTL', `${key}:number`],
  ['HSET', `${key}:hash`, 'a', '1'],
  ['HMSET', `${key}:hash`, 'a', '1'],
  ['HGET', `${key}:hash`, 'a'],
  ['HMGET', `${key}:hash`, 'a'],
  ['HGETALL', `${key}:hash`],
  ['HEXISTS', `${key}:hash`, 'a'],
  ['HLEN', `${key}:hash`],
  ['HINCRBY', `${key}:hash`, 'a', 1],
  ['HDEL', `${key}:hash`, 'a'],
  ['LPUSH', `${key}:list`, 'a', 'b'],
  ['RPUSH', `${key}:list`, 'c'],
  ['LLEN', `${key}:list`],
  ['LRANGE', `${key}:list`, 0, -1],
  ['LINDEX', `${key}:list`, 0],
  ['LPOS', `${key}:list`, 'a'],
  ['LSET', `${key}:list`, 0, 'a'],
  ['LTRIM', `${key}:list`, 0, 1],
  ['LREM', `${key}:list`, 0, 'z'],
  ['RPOPLPUSH', `${key}:list`, `${key}:list`],
  ['RPOP', `${key}:list`],
  ['LPOP', `${key}:list`],
  ['SADD', `${key}:set`, 'a'],
  ['SCARD', `${key}:set`],
  ['SISMEMBER', `${key}:set`, 'a'],
  ['SMEMBERS', `${key}:set`],
  ['SREM', `${key}:set`, 'a'],
  ['ZADD', `${key}:sorted`, 0, 'a'],
  ['ZCARD', `${key}:sorted`],
  ['ZCOUNT', `${key}:sorted`, 0, 1],
  ['ZSCORE', `${key}:sorted`, 'a'],
  ['ZRANGE', `${key}:sorted`, 0, -1],
  ['ZRANGEBYLEX', `${key}:sorted`, '-', '+'],
  ['ZRANGEBYSCORE', `${key}:sorted`, 0, 1],
  ['ZREVRANGE', `${key}:sorted`, 0, -1],
  ['ZREVRANGEBYSCORE', `${key}:sorted`, 1, 0],
  ['ZREMRANGEBYSCORE', `${key}:sorted`, 5, 6],
  ['ZREMRANGEBYRANK', `${key}:sorted`, 5, 6],
  ['ZREM', `${key}:sorted`, 'z'],
  ['ZPOPMIN', `${key}:sorted`],
  ['ZADD', `${key}:sorted`, 0, 'a'],
  ['BZPOPMIN', `${key}:sorted`, 1],
  ['XADD', `${key}:stream`, '*', 'a', '1'],
  ['XLEN', `${key}:stream`],
  ['XRANGE', `${key}:stream`, '-', '+'],
  ['XTRIM', `${key}:stream`, 'MAXLEN', 0],
  ['RENAME', `${key}:text`, `${key}:text2`],
  ['TIME'],
  ['CLIENT', 'SETNAME', 'bootcamp'],
  ['EVAL', 'return redis.call("exists", KEYS[1], KEYS[2])', 2, `${key}:list`, `${key}:set`],
  ['EVALSHA', '0000000000000000000000000000000000000000', 0],
  ['UNLINK', `${key}:text2`, `${key}:number`],
  ['DEL', `${key}:hash`, `${key}:list`, `${key}:set`, `${key}:sorted`, `${key}:stream`],
]

/**
 * Checks whether the queue can work with this Redis, or the master that its Sentinels name, and these keys. Fails with
 * `misconfigured` and the fix for a wrong password, TLS on one side only, a Sentinel where a server is meant or the other way
 * round, a cluster, a replica, a memory policy that evicts jobs, or a user without a required command or the keys.
 */
export async function checkRedis(server: RedisServer, prefix = 'bootcamp-check'): Promise<RedisCheck> {
  if (!('sentinels' in server)) return checkServer(server, prefix)
  const found = await findMaster(server)
  if (found === null) return UNREACHABLE
  const { tls, user, password, database, family } = server
  const { host, port } = found
  const master = hostAndPort(found)
  try {
    const seen = await checkServer({ host, port, tls, user, password, database, family }, prefix)
    return { ...seen, doubt: seen.doubt ?? found.doubt, master }
  } catch (error) {
    // In the midst of a failover: it becomes the master in a moment, or Sentinel names another.
    if (error instanceof AppError && error.message === REPLICA) return { ...UNREACHABLE, master }
    throw error
  }
}

async function checkServer(server: Exclude<RedisServer, RedisSentinels>, prefix: string): Promise<RedisCheck> {
  const redis = new Redis({
    ...redisOptions(server),
    lazyConnect: true,
    connectTimeout: REDIS_TIMEOUT_MS,
    retryStrategy: () => null,
    enableReadyCheck: false,
  })
  let refusal: Error | null = null
  // Before it is ready, ioredis rejects with "Connection is closed" and emits the actual reply here.
  redis.on('error', (error: Error) => {
    refusal = error
  })
  const checking = redis.connect().then(() => inspect(redis, prefix, 'socket' in server ? 0 : server.database))
  try {
    return await pTimeout(checking, { milliseconds: REDIS_TIMEOUT_MS, message: 'no answer' })
  } catch (error) {
    if (error instanceof AppError) throw error
    const sentence =
      describeConnectionError(error as Error) ??
      (refusal && describeConnectionError(refusal)) ??
      (await diagnoseTls(server))
    if (sentence !== null) throw new AppError('misconfigured', sentence)
    return UNREACHABLE
  } finally {
    redis.disconnect()
  }
}

async function inspect(redis: Redis, prefix: string, database: number): Promise<RedisCheck> {
  const info = await redis.info().catch((error: Error) => {
    if (/^NOPERM/.test(error.message)) return null
    throw error
  })
  const value = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(info ?? '')?.[1]
  if (value('loading') === '1') return UNREACHABLE
  if (value('redis_mode') === 'sentinel') throw misconfigured(SENTINEL)
  if (value('cluster_enabled') === '1') throw misconfigured(CLUSTER)
  if (value('role') === 'slave') throw misconfigured(REPLICA)
  // ioredis silently stays in database 0 if it cannot select the configured one.
  if (database > 0) await redis.select(database)
  const policy = value('maxmemory_policy') ?? (await configured(redis, 'maxmemory-policy'))
  if (policy !== null && policy !== 'noeviction')
    throw misconfigured(
      `Redis evicts keys when its memory is full (maxmemory-policy ${policy}), so jobs would be lost. ` +
        'Set it: redis-cli config set maxmemory-policy noeviction, and the same in redis.conf.',
    )
  await tryCommands(redis, prefix)
  const doubt =
    policy === null
      ? 'maxmemory-policy cannot be read by this Redis user. See that it is noeviction, or allow: +info (or +config|get).'
      : null
  return { state: 'ready', canUseInfo: info !== null, doubt, master: null }
}

async function configured(redis: Redis, name: string): Promise<string | null> {
  const answer = await redis.config('GET', name).catch(() => null)
  const value = Array.isArray(answer) ? answer[1] : null
  return typeof value === 'string' ? value : null
}

async function tryCommands(redis: Redis, prefix: string): Promise<void> {
  const missing: string[] = []
  const answers = await Promise.all(
    commandsOn(`${prefix}:check`).map(async ([name, ...values]) =>
      redis.call(name, ...values).then(
        () => null,
        (error: Error) => ({ name, message: error.message }),
      ),
    ),
  )
  for (const answer of answers) {
    if (answer === null) continue
    const { name, message } = answer
    if (/^READONLY/.test(message)) throw misconfigured(REPLICA)
    if (/^(MOVED|CROSSSLOT|CLUSTERDOWN|ASK) ?/.test(message)) throw misconfigured(CLUSTER)
    if (/unknown command/i.test(message)) throw misconfigured(name === 'SET' ? SENTINEL : notRedis(name))
    if (/^NOPERM.*\bkeys?\b/i.test(message))
      throw misconfigured(
        `The Redis user in REDIS_URL may not use keys that begin with ${prefix}:. ` +
          `Allow them (ACL SETUSER ... ~${prefix}:*), or set QUEUE_PREFIX to a prefix that it may use.`,
      )
    if (/^NOPERM/.test(message)) missing.push(name.toLowerCase())
  }
  if (missing.length > 0)
    throw misconfigured(
      `The Redis user in REDIS_URL lacks ${missing.length === 1 ? 'the command' : 'the commands'} ${missing.join(', ')}. ` +
        `Allow them: ACL SETUSER ... ${missing.map((name) => `+${name}`).join(' ')}`,
    )
}

const NEEDS_TLS = 'Redis at REDIS_URL requires TLS. Use rediss:// instead of redis://.'
const NO_TLS =
  'Redis at REDIS_URL does not speak TLS on this port. Begin the address with redis://, or name the port for TLS.'
const SENTINEL =
  'REDIS_URL leads to a Redis Sentinel. Begin it with redis+sentinel:// and end it with the name of the master, or name the server itself.'
const CLUSTER =
  'REDIS_URL leads to a node of a Redis Cluster, and this service works with one Redis server. Name a server without cluster mode.'
const REPLICA = 'REDIS_URL leads to a read-only replica. Name the primary server that it copies.'

const notRedis = (name: string) =>
  `The server at REDIS_URL does not know the command ${name}. Use Redis 6.2 or newer, or Valkey.`

function misconfigured(sentence: string): AppError {
  return new AppError('misconfigured', sentence)
}

/** Translates a connection error into the setting to fix; null if the server is simply unreachable. */
function describeConnectionError(error: Error): string | null {
  const { message } = error
  const code = String((error as NodeJS.ErrnoException).code ?? '')
  if (/^(NOAUTH|WRONGPASS)|invalid password|without any password configured/.test(message))
    return 'Redis refuses the name or password in REDIS_URL. Correct them.'
  if (/WRONG_VERSION_NUMBER|wrong version number|packet length too long|ERR_SSL_/i.test(`${code} ${message}`))
    return NO_TLS
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code))
    return `The certificate of Redis at REDIS_URL is not trusted (${code}). Use the name it was made for; name a private authority in NODE_EXTRA_CA_CERTS.`
  if (/Protocol error|Unknown RESP type/.test(message))
    return 'The server at REDIS_URL is not Redis. Correct the host and port.'
  if (/unknown command.*SELECT|SELECT is not allowed in cluster|DB index is out of range/i.test(message))
    return 'Redis at REDIS_URL has no database of this number. Leave out the number at its end.'
  return null
}

/** Finds out whether a server that did not respond does so with TLS switched on or off; null if neither. */
async function diagnoseTls(server: Exclude<RedisServer, RedisSentinels>): Promise<string | null> {
  if ('socket' in server) return null
  if (server.tls) return (await answersWithoutTls(server.host, server.port)) ? NO_TLS : null
  return (await answersWithTls(server.host, server.port)) ? NEEDS_TLS : null
}
