import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { waitFor } from '../../support/wait-for.ts'

/** The test's own redis-server, which is not restarted automatically: to be killed, frozen, emptied and filled. */
export interface RedisServer {
  /** Path of its socket, the same after every start. */
  readonly url: string
  /** Resolves once it answers. `empty` discards what it had stored. */
  start(options?: { empty?: boolean; policy?: string }): Promise<void>
  /** Sends SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>
  freeze(): void
  thaw(): void
  /** Sends one command and returns the reply. */
  ask(command: string, ...words: string[]): Promise<unknown>
  close(): Promise<void>
}

export function createRedisServer(folder: string): RedisServer {
  const dir = join(folder, 'own-redis')
  const url = join(folder, 'own.sock')
  let child: ChildProcess | null = null

  const ask: RedisServer['ask'] = async (command, ...words) => {
    const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
    redis.on('error', () => {})
    try {
      await redis.connect()
      return await redis.call(command, ...words)
    } finally {
      redis.disconnect()
    }
  }

  return {
    url,
    ask,
    async start({ empty = false, policy = 'noeviction' } = {}) {
      if (empty) await rm(dir, { recursive: true, force: true })
      await mkdir(dir, { recursive: true })
      const flags = { port: '0', unixsocket: url, dir, appendonly: 'yes', save: '', 'maxmemory-policy': policy }
      const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])
      child = spawn('redis-server', words, { stdio: 'ignore' })
      await waitFor(
        () =>
          ask('PING').then(
            (answer) => answer === 'PONG',
            () => false,
          ),
        'redis-server to answer',
      )
    },
    async kill() {
      const running = child
      child = null
      if (!running || running.exitCode !== null) return
      const gone = once(running, 'exit')
      running.kill('SIGKILL')
      await gone
      await rm(url, { force: true })
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async close() {
      await this.kill()
    },
  }
}
