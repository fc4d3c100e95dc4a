import { Redis } from 'ioredis'
import pTimeout from 'p-timeout'
import { AppError } from '../core/errors.ts'
import type { RedisSentinels } from '../core/service-urls/redis-url.ts'
import { answersWithoutTls, answersWithTls } from './probe-tls.ts'

const TIMEOUT_MS = 2_000
/** Fewer have no majority left when one of them is gone. */
const MIN_SENTINELS = 3

export interface FoundMaster {
  readonly host: string
  readonly port: number
  /** Why a failover could not succeed, as one sentence with the fix; null if it can. */
  readonly doubt: string | null
}

/**
 * Asks the Sentinels for the master; the first of the list that knows it decides, as when connecting. Null if none answers
 * within two seconds. Fails with `misconfigured` and the fix if none knows it and one says why.
 */
export async function findMaster(server: RedisSentinels): Promise<FoundMaster | null> {
  const answers = await Promise.allSettled(server.sentinels.map((sentinel) => ask(server, sentinel)))
  for (const answer of answers) if (answer.status === 'fulfilled') return answer.value
  for (const answer of answers)
    if (answer.status === 'rejected' && answer.reason instanceof AppError) throw answer.reason
  return null
}

/** Rejects with `misconfigured` if it answers and does not know the master, with another error if it does not answer. */
async function ask(
  { tls, name, sentinelLogin }: RedisSentinels,
  { host, port }: RedisSentinels['sentinels'][number],
): Promise<FoundMaster> {
  const redis = new Redis({
    ...{ host, port, family: 0, lazyConnect: true, connectTimeout: TIMEOUT_MS, enableReadyCheck: false },
    retryStrategy: () => null,
    ...(tls && { tls: {} }),
    ...(sentinelLogin !== null && {
      password: sentinelLogin.password,
      ...(sentinelLogin.user !== null && { username: sentinelLogin.user }),
    }),
  })
  let refusal: Error | null = null
  // Before it is ready, ioredis rejects with "Connection is closed" and emits the actual reply here.
  redis.on('error', (error: Error) => {
    refusal = error
  })
  try {
    const asked = redis
      .connect()
      .then(() =>
        Promise.all([
          redis.call('SENTINEL', 'get-master-addr-by-name', name),
          redis.call('SENTINEL', 'master', name).catch(() => []),
        ]),
      )
    const [address, facts] = await pTimeout(asked, { milliseconds: TIMEOUT_MS, message: 'no answer' })
    if (!isListOfText(address)) throw misconfigured(unknownName(name))
    return { host: String(address[0]), port: Number(address[1]), doubt: doubtAbout(isListOfText(facts) ? facts : []) }
  } catch (error) {
    const sentence = sentenceFor(error as Error) ?? (refusal && sentenceFor(refusal))
    if (sentence !== null) throw misconfigured(sentence)
    if (error instanceof AppError) throw error
    if (tls ? await answersWithoutTls(host, port) : await answersWithTls(host, port))
      throw misconfigured(
        tls
          ? 'A Sentinel in REDIS_URL does not speak TLS on this port. Begin the address with redis+sentinel://, or name the port for TLS.'
          : 'A Sentinel in REDIS_URL requires TLS. Use rediss+sentinel:// instead of redis+sentinel://.',
      )
    throw error
  } finally {
    redis.disconnect()
  }
}

/** `facts`: the reply to SENTINEL MASTER, names and values in turn; empty if this user may not ask. */
function doubtAbout(facts: readonly string[]): string | null {
  const fact = (name: string) => Number(facts[facts.indexOf(name) + 1] ?? Number.NaN)
  if (!facts.includes('num-slaves')) return null
  if (fact('num-slaves') === 0) return 'The master has no replica that could take over. Start one (replicaof).'
  const sentinels = 1 + fact('num-other-sentinels')
  if (sentinels < MIN_SENTINELS)
    return `Only ${sentinels} of the Sentinels know each other, so no majority is left when one is gone. Run ${MIN_SENTINELS} or more.`
  return null
}

function sentenceFor({ message }: Error): string | null {
  if (/unknown command/i.test(message))
    return 'REDIS_URL begins with redis+sentinel:// and leads to a Redis server. Name the Sentinels (port 26379), or use redis://.'
  if (/^(NOAUTH|WRONGPASS)|invalid password|without any password configured/.test(message))
    return 'A Sentinel refuses the name or password. End REDIS_URL with ?sentinelPassword=... as in its sentinel.conf; the password before the @ is for Redis itself.'
  if (/^NOPERM/.test(message))
    return 'The Sentinel user in REDIS_URL may not ask for the master. Allow: +sentinel|get-master-addr-by-name +subscribe.'
  return null
}

const unknownName = (name: string) =>
  `The Sentinels in REDIS_URL know no master of the name ${name}. Use the name in "sentinel monitor" of their sentinel.conf.`

function misconfigured(sentence: string): AppError {
  return new AppError('misconfigured', sentence)
}

function isListOfText(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
