import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Point } from './fault-points.ts'

export type Role = 'web' | 'worker' | 'both'

export type Command =
  | { readonly do: 'start'; readonly role: Role }
  | { readonly do: 'stop' }
  | { readonly do: 'clock'; readonly offset: number }
  | { readonly do: 'trap'; readonly at: Point; readonly act: 'halt' | 'block' | 'freeze'; readonly ms?: number }

export type ServiceMessage =
  | { readonly loaded: number }
  | { readonly ready: number }
  | { readonly at: Point }
  | { readonly done: number }

/** One process of the service. */
export interface Service {
  readonly pid: number
  /** Port of the site once started; 0 without a site. */
  readonly port: () => number
  /** Everything is loaded and connected, and no work has started. */
  readonly loaded: Promise<void>
  /** Starts the site, the worker or both. Resolves once they run. */
  start(role: Role): Promise<void>
  tell(command: Command): Promise<void>
  /** Resolves when the process has reached the trap. */
  reached(point: Point): Promise<void>
  /** Resolves when the process is gone. */
  kill(): Promise<void>
  freeze(): void
  thaw(): void
  isRunning(): boolean
  /** Its output on stderr and stdout other than the JSON messages. */
  words(): string
}

/** Compiled code shared between processes, because hundreds of them are started. */
const COMPILED = fileURLToPath(new URL('../../../node_modules/.cache/faults', import.meta.url))
const ENTRY = fileURLToPath(new URL('./service-process.ts', import.meta.url))

/** Spawns the test-only entry point with the Node that runs the tests. */
export function spawnService(env: Readonly<Record<string, string>>): Service {
  const child: ChildProcess = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ENTRY], {
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let words = ''
  let port = 0
  let commands = 0
  let gone = false
  const hears = new Set<(said: ServiceMessage) => boolean>()
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      gone = true
      resolve()
    })
  })
  child.stdin?.on('error', () => {})
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk).slice(-8_000)
  })
  const heard: ServiceMessage[] = []
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    let said: ServiceMessage
    try {
      said = JSON.parse(line) as ServiceMessage
    } catch {
      words = `${words}${line}\n`.slice(-8_000)
      return
    }
    if (!('ready' in said || 'loaded' in said || 'at' in said || 'done' in said)) {
      words = `${words}${line}\n`.slice(-8_000)
      return
    }
    if ('ready' in said) port = said.ready
    heard.push(said)
    for (const hear of hears) if (hear(said)) hears.delete(hear)
  })

  /** Rejects if the process ends first, so that no test waits forever. */
  const hear = (wanted: (said: ServiceMessage) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const found = heard.findIndex(wanted)
      if (found >= 0) {
        heard.splice(found, 1)
        return resolve()
      }
      hears.add((said) => {
        if (!wanted(said)) return false
        heard.splice(heard.indexOf(said), 1)
        resolve()
        return true
      })
      ended.then(() => reject(new Error(`The service ended. It said: ${words}`)))
    })

  const loaded = hear((said) => 'loaded' in said)
  loaded.catch(() => {})
  const tell = async (command: Command) => {
    commands += 1
    const id = commands
    const done = hear((said) => 'done' in said && said.done === id)
    child.stdin?.write(`${JSON.stringify({ ...command, id })}\n`)
    await done
  }

  return {
    pid: child.pid as number,
    port: () => port,
    loaded,
    tell,
    async start(role) {
      await loaded
      await tell({ do: 'start', role })
    },
    reached: (point) => hear((said) => 'at' in said && said.at === point),
    async kill() {
      if (!gone) child.kill('SIGKILL')
      await ended
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    isRunning: () => !gone,
    words: () => words,
  }
}
