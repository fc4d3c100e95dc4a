import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Cleanup } from './cleanup.ts'

/** A process that the bench started and will end. */
export interface Child {
  readonly pid: number
  /** The exit status; null where a signal ended it. */
  readonly ended: Promise<number | null>
  isRunning(): boolean
  /** Its last words on stderr and stdout. */
  words(): string
  /** The next line of JSON it says on stdout that has this key. Fails where it ends first. */
  said<T extends object>(key: string): Promise<T>
  tell(words: object): void
  /** Asks it to end and waits; after the patience it is made to. */
  stop(signal?: NodeJS.Signals, patienceMs?: number): Promise<void>
}

export interface ChildOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Where stdout goes: to be read here as lines, or into an open file. */
  readonly stdout?: number
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
    // In a group of its own: Ctrl-C in the terminal reaches the bench, which ends its children in order.
    detached: true,
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
          else
            reject(new Error(`A process of the bench ended before it was done. It said: ${words.trim() || 'nothing'}`))
        }
        listeners.add(look)
        look()
      }),
    tell: (what) => void child.stdin?.write(`${JSON.stringify(what)}\n`),
    stop,
  }
}

/** Runs a program to its end; fails with what it said where that is not a good one. Gives the ms it took. */
export async function runChild(
  cleanup: Cleanup,
  program: string,
  programArguments: readonly string[],
  options: ChildOptions,
): Promise<number> {
  const startedAt = performance.now()
  const child = startChild(cleanup, program, programArguments, options)
  const status = await child.ended
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${child.words()}`)
  return performance.now() - startedAt
}

/** From a process that the bench started: says something to it. */
export function say(words: object): void {
  process.stdout.write(`${JSON.stringify({ bench: words })}\n`)
}

/** From a process that the bench started: ends with it, however it ended. */
export async function endWithParent(): Promise<void> {
  process.stdin.resume()
  await once(process.stdin, 'close')
  process.exit(0)
}
