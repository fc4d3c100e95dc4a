import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../core/errors.ts'
import type { RedisServer } from '../core/service-urls/redis-url.ts'
import { lockFolder, prepareFolder } from './lock-data-folder.ts'

export interface EmbeddedRedis {
  /** Absolute path of the unix socket; ioredis accepts it in place of an address. */
  readonly url: string
  readonly server: RedisServer
  /** Process id of the current redis-server. */
  pid(): number
  /** Resolves when Redis has written its file and exited. */
  stop(): Promise<void>
}

/** Socket paths may have 107 bytes on Linux and 103 on macOS. */
const MAX_SOCKET_PATH_BYTES = 100
const START_LIMIT_MS = 60_000
const RESTART_PAUSE_MS = 1_000

// The shell holds a pipe from this process. However this process ends, the pipe closes and the shell stops Redis, with
// SIGKILL after ten seconds. If Redis exits first, the watcher exits too.
const SUPERVISOR_SCRIPT = `
"$@" 3<&- &
redis=$!
echo "pid $redis"
(
  read -r _ <&3
  kill -TERM "$redis" 2>/dev/null
  tries=0
  while kill -0 "$redis" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -gt 100 ] && kill -KILL "$redis" 2>/dev/null
    sleep 0.1
  done
) >/dev/null 2>&1 &
watcher=$!
wait "$redis"
kill "$watcher" 2>/dev/null
`

/**
 * Starts a private redis-server with an append-only file under `<dataDir>/redis` and no eviction, reachable only
 * through a unix socket of this user. If it dies, it is restarted and `onProblem` is called. It ends with `stop` or
 * with this process. Throws AppError 'busy' if another copy of the service uses the folder, 'misconfigured' if it
 * cannot start.
 */
export async function startEmbeddedRedis(options: {
  readonly dataDir: string
  readonly onProblem?: (sentence: string) => void
}): Promise<EmbeddedRedis> {
  const folder = resolve(options.dataDir, 'redis')
  prepareFolder(folder)
  const hold = lockFolder(folder)
  try {
    const socket = socketPath(folder)
    await stopLeftover(socket)
    let server = await launch(folder, socket)
    let stopping = false

    const watch = () =>
      void server.ended.then(async (output) => {
        if (stopping) return
        options.onProblem?.(`The built-in Redis stopped and is being restarted. Its output: ${output || 'none'}`)
        await sleep(RESTART_PAUSE_MS)
        if (stopping) return
        try {
          server = await launch(folder, socket)
        } catch (error) {
          options.onProblem?.(String(error))
        }
        if (stopping) server.stop()
        watch()
      })
    watch()

    return {
      url: socket,
      server: { socket },
      pid: () => server.pid,
      async stop() {
        stopping = true
        server.stop()
        await server.ended
        hold.release()
      },
    }
  } catch (error) {
    hold.release()
    throw error
  }
}

/** A path short enough for a socket: in the folder itself, or else in a private folder under the temporary folder. */
function socketPath(folder: string): string {
  const near = join(folder, 'redis.sock')
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH_BYTES) return near
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  const away = join(tmpdir(), `bootcamp-${name}`)
  mkdirSync(away, { recursive: true, mode: 0o700 })
  const found = lstatSync(away)
  // The temporary folder is shared, so another user may have created a folder or link there first.
  const ours = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0
  if (!ours) {
    throw new AppError('misconfigured', `The folder ${away} belongs to somebody else. Set DATA_DIR to a shorter path.`)
  }
  return join(away, 'redis.sock')
}

/** We hold the lock on the folder, so a Redis that still answers on the socket is left over from an earlier process. */
async function stopLeftover(socket: string): Promise<void> {
  const answer = await ask(socket, 'PING')
  if (answer !== null) {
    await ask(socket, 'SHUTDOWN')
    const deadline = Date.now() + 10_000
    while ((await ask(socket, 'PING')) !== null) {
      if (Date.now() > deadline) {
        throw new AppError('busy', `An older redis-server on ${socket} does not stop. Stop it, then start again.`)
      }
      await sleep(50)
    }
  }
  rmSync(socket, { force: true })
}

interface Server {
  readonly pid: number
  /** Resolves with the last output of Redis once it has exited. */
  readonly ended: Promise<string>
  stop(): void
}

async function launch(folder: string, socket: string): Promise<Server> {
  const settings = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '600',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    loglevel: 'warning',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  // In its own session, so that Ctrl-C in a terminal does not stop it before this process has drained its work.
  const child = spawn('/bin/sh', ['-c', SUPERVISOR_SCRIPT, 'redis-guard', 'redis-server', ...flags], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const supervisorInput = child.stdio[3] as Writable
  supervisorInput.on('error', () => {})
  const { pid, words } = listen(child)
  const ended = new Promise<string>((settle) => {
    child.once('error', (error) => settle(error.message))
    child.once('close', () => settle(words().trim()))
  })
  const stop = () => void supervisorInput.end()

  let gone = false
  void ended.then(() => {
    gone = true
  })
  const deadline = Date.now() + START_LIMIT_MS
  // Redis answers LOADING while it reads its file.
  while (!gone && !(await ask(socket, 'PING'))?.startsWith('+PONG')) {
    if (Date.now() > deadline) stop()
    await sleep(10)
  }
  if (gone) throw new AppError('misconfigured', startFailure(await ended, folder))
  return { pid: pid(), ended, stop }
}

function listen(child: ChildProcess): { pid: () => number; words: () => string } {
  let pid = 0
  let output = ''
  const onOutput = (chunk: Buffer) => {
    output = (output + chunk).slice(-4_000)
    const match = /^pid (\d+)\n/.exec(output)
    if (match === null) return
    pid = Number(match[1])
    output = output.slice(match[0].length)
  }
  child.stdout?.on('data', onOutput)
  child.stderr?.on('data', onOutput)
  return { pid: () => pid, words: () => output }
}

function startFailure(words: string, folder: string): string {
  if (/not found/.test(words)) {
    return 'There is no redis-server on this machine. Run "npm start", which installs it, or set REDIS_URL.'
  }
  const reason = words.split('\n').at(-1) || 'it output nothing'
  return `The built-in Redis does not start in ${folder}: ${reason}. Fix that, or set REDIS_URL to your own Redis.`
}

/** Sends one command and returns the first line of the reply; null if nothing is listening on the socket. */
function ask(socket: string, command: string): Promise<string | null> {
  return new Promise((settle) => {
    const connection = createConnection(socket)
    const done = (answer: string | null) => {
      connection.destroy()
      settle(answer)
    }
    connection.setTimeout(2_000, () => done(''))
    connection.once('connect', () => connection.write(`${command}\r\n`))
    connection.once('data', (data) => done(String(data).split('\r\n')[0] ?? ''))
    connection.once('error', () => done(null))
    connection.once('close', () => done(null))
  })
}
