import { createHash } from 'node:crypto'
import { Redis } from 'ioredis'
import { freePort } from '../../support/free-port.ts'
import { type RedisProcess, startRedisProcess } from '../../support/redis-process.ts'
import { waitFor } from '../../support/wait-for.ts'

/** A master, its replica, and three Sentinels that watch them under the name `main`. */
export interface SentinelSet {
  /** Its REDIS_URL. */
  readonly url: string
  readonly master: RedisProcess
  readonly replica: RedisProcess
  readonly sentinels: readonly RedisProcess[]
  /** The port of the master that the first Sentinel names. */
  masterPort(): Promise<number>
  close(): Promise<void>
}

const PASSWORD = 'a word for Redis'
const SENTINEL_PASSWORD = 'a word for Sentinel'
/** Sentinel's usual 30 s, shortened so that a failover takes two or three. */
const DOWN_AFTER_MS = 500
const FAILOVER_TIMEOUT_MS = 2_000

/** Resolves once every Sentinel knows the replica and the two others. Both kinds of server have a password of their own. */
export async function startSentinelSet(): Promise<SentinelSet> {
  const running: RedisProcess[] = []
  const close = async () => {
    for (const server of running.reverse()) await server.close()
  }
  const start = async (lines: readonly string[], mode: readonly string[] = [], port?: number) => {
    const server = await startRedisProcess(lines, mode, port)
    running.push(server)
    return server
  }
  try {
    const login = [`requirepass "${PASSWORD}"`, `masterauth "${PASSWORD}"`]
    const master = await start(login)
    const replica = await start([...login, `replicaof 127.0.0.1 ${master.port}`])
    const ports = [await freePort(), await freePort(), await freePort()]
    // What Sentinels otherwise learn from one another within some seconds.
    const knownTo = (self: number) =>
      ports
        .filter((port) => port !== self)
        .map((port) => `sentinel known-sentinel main 127.0.0.1 ${port} ${idOf(port)}`)
    const sentinels = await Promise.all(
      ports.map((port) =>
        start(
          [
            `sentinel myid ${idOf(port)}`,
            `sentinel monitor main 127.0.0.1 ${master.port} 2`,
            `sentinel auth-pass main "${PASSWORD}"`,
            `sentinel down-after-milliseconds main ${DOWN_AFTER_MS}`,
            `sentinel failover-timeout main ${FAILOVER_TIMEOUT_MS}`,
            `requirepass "${SENTINEL_PASSWORD}"`,
            `sentinel sentinel-pass "${SENTINEL_PASSWORD}"`,
            `sentinel known-replica main 127.0.0.1 ${replica.port}`,
            ...knownTo(port),
          ],
          ['--sentinel'],
          port,
        ),
      ),
    )
    for (const port of ports)
      await waitFor(
        async () => /status=ok.*slaves=1,sentinels=3/.test(String(await ask(port, 'INFO', 'sentinel'))),
        'the Sentinels to know one another',
      )
    const hosts = ports.map((port) => `127.0.0.1:${port}`).join()
    const word = encodeURIComponent(PASSWORD)
    return {
      url: `redis+sentinel://:${word}@${hosts}/main?sentinelPassword=${encodeURIComponent(SENTINEL_PASSWORD)}`,
      ...{ master, replica, sentinels },
      async masterPort() {
        const address = await ask(ports[0] as number, 'SENTINEL', 'get-master-addr-by-name', 'main')
        return Number((address as string[])[1])
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Forty hexadecimal digits. */
const idOf = (port: number) => createHash('sha1').update(String(port)).digest('hex')

async function ask(port: number, command: string, ...words: string[]): Promise<unknown> {
  const redis = new Redis({ port, password: SENTINEL_PASSWORD, lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    await redis.connect()
    return await redis.call(command, ...words)
  } finally {
    redis.disconnect()
  }
}
