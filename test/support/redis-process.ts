import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { createTempFolder } from './temp-folder.ts'
import { waitFor } from './wait-for.ts'

export interface RedisProcess {
  readonly port: number
  /** Resolves once the process is gone. */
  kill(): Promise<void>
  freeze(): void
  thaw(): void
  close(): Promise<void>
}

/**
 * Starts a redis-server on its own port with this configuration, one line of `redis.conf` each. `$folder` is its
 * folder.
 */
export async function startRedisProcess(
  lines: readonly string[] = [],
  mode: readonly string[] = [],
  chosenPort?: number,
): Promise<RedisProcess> {
  const folder = await createTempFolder()
  const port = chosenPort ?? (await freePort())
  const config = [`dir ${folder.path}`, 'bind 127.0.0.1', 'save ""', 'daemonize no', ...lines]
  if (!lines.some((line) => line.startsWith('port '))) config.push(`port ${port}`)
  const file = join(folder.path, 'redis.conf')
  writeFileSync(file, `${config.join('\n').replaceAll('$folder', folder.path).replaceAll('$port', String(port))}\n`)
  const child: ChildProcess = spawn('redis-server', [file, ...mode], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  await waitFor(() => isOpen(port), 'redis-server to listen')
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return {
    port,
    kill,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async close() {
      await kill()
      await folder.remove()
    },
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
  })
}
