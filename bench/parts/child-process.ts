import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Cleanup } from './cleanup.ts'

/** A child process of the benchmark. */
export interface Child {
  readonly pid: number
  /** The exit status; null if it was killed by a signal. */
  readonly ended: Promise<number | null>
  isRunning(): boolean
  /** The end of its output on stderr and stdout. */
  words(): string
  /** The next JSON line on stdout with this key. Fails if the process exits first. */
  said<T extends object>(key: string): Promise<T>
  tell(words: object): void
  /** Sends the signal and waits; kills the process after the patience. */
  stop(signal?: NodeJS.Signals, patienceMs?: number): Promise<void>
}

export interface ChildOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Where stdout goes: parsed here as lines, or into an open file. */
  readonly stdout?: number
  /** The user it runs as; default: the same. */
  readonly uid?: number
  readonly gid?: number
}

const TIMEOUT_MS = 20_000
const MAX_OUTPUT_LENGTH = 8_000

export function startChild(
  cleanup: Cleanup,
  program: string,
  programArguments: readonly string[],
  options: ChildOptions,
): Child {
  const child: ChildProcess = spawn(program, programArguments, {
    cwd: options.cwd,
    env: options.env as NodeJS.ProcessEnv,
    stdio: ['pipe', options.stdout ?? 'pipe', 'pipe'],
    // In its own process group: Ctrl-C goes to the benchmark, which stops its children in order.
    detached: true,
    ...(options.uid !== undefined && { uid: options.uid }),
    ...(options.gid !== undefined && { gid: options.gid }),
  })
  let words = ''
  let gone = false
  const keep = (text: string) => {
    words = (words + text).slice(-MAX_OUTPUT_LENGTH)
  }
  const heard: object[] = []
  const listeners = new Set<() => void>()
  const notifyListeners = () => {
    for (const listener of listeners) listener()
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      keep(error.message)
      gone = true
      resolve(null)
      notifyListeners()
    })
    child.once('close', (status) => {
      gone = true
      resolve(status)
      notifyListeners()
    })
  })
  child.stdin?.on('error', () => {})
  child.stderr?.on('data', (chunk: Buffer) => keep(String(chunk)))
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = line.startsWith('{"bench":') ? (JSON.parse(line) as { bench: object }).bench : null
      if (said === null) return keep(`${line}\n`)
      heard.push(said)
      notifyListeners()
    })
  }

  const stop: Child['stop'] = async (signal = 'SIGTERM', patienceMs = TIMEOUT_MS) => {
    if (gone) return
    child.kill(signal)
    const deadlineTimer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    await ended
    clearTimeout(deadlineTimer)
  }
  cleanup.add(() => stop('SIGTERM', 5_000))

  return {
    pid: child.pid ?? 0,
    ended,
    isRunning: () => !gone,
    words: () => words.trim(),
    said: <T extends object>(key: string) =>
      new Promise<T>((resolve, reject) => {
        const look = () => {
          const found = heard.findIndex((said) => key in said)
          if (found < 0 && !gone) return
          listeners.delete(look)
          if (found >= 0) resolve(heard.splice(found, 1)[0] as T)
          else reject(new Error(`A benchmark process exited early. Its output: ${words.trim() || 'none'}`))
        }
        listeners.add(look)
        look()
      }),
    tell: (what) => void child.stdin?.write(`${JSON.stringify(what)}\n`),
    stop,
  }
}

/** Runs a program to its end, and returns the ms it took. Fails with its output if the exit status is not 0. */
export async function runChild(
  cleanup: Cleanup,
  program: string,
  programArguments: readonly string[],
  options: ChildOptions,
): Promise<number> {
  const startedAt = performance.now()
  const child = startChild(cleanup, program, programArguments, options)
  const status = await child.ended
  if (status !== 0) throw new Error(`${program} exited with status ${status}: ${child.words()}`)
  return performance.now() - startedAt
}

/** In a child process: sends a message to the benchmark. */
export function say(words: object): void {
  process.stdout.write(`${JSON.stringify({ bench: words })}\n`)
}

/** In a child process: exits when the benchmark does, for whatever reason. */
export async function endWithParent(): Promise<void> {
  process.stdin.resume()
  await once(process.stdin, 'close')
  process.exit(0)
}
