import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitFor } from '../../support/wait-for.ts'

/** One process started by a line of a Procfile, with everything that it starts. */
export interface ProcfileProcess {
  /** Resolves with its exit status once all of it has ended. */
  readonly ended: Promise<number | null>
  /** The end of what it has printed. */
  words(): string
  /** SIGTERM to all of it, as systemd and foreman send it; resolves once all of it has ended. */
  stop(): Promise<void>
  /** SIGKILL to all of it, if it runs. */
  kill(): void
}

/** The command of each kind of process. `tree` is the folder of a version of the service. */
export function readProcfile(tree: string): ReadonlyMap<string, string> {
  const lines = readFileSync(join(tree, 'Procfile'), 'utf8').trim().split('\n')
  return new Map(lines.map((line) => line.split(/:\s*(.*)/, 2) as [string, string]))
}

export function startLine(tree: string, kind: string, env: Readonly<Record<string, string>>): ProcfileProcess {
  const command = readProcfile(tree).get(kind)
  if (command === undefined) throw new Error(`The Procfile has no ${kind}.`)
  const child: ChildProcess = spawn('/bin/sh', ['-c', command], {
    cwd: tree,
    // A group of its own, which is ended with everything it started.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  })
  let words = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      words = (words + chunk).slice(-8_000)
    })
  // Its output is closed when the last process that it started has ended.
  const ended = once(child, 'close').then(([status]) => status as number | null)
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-(child.pid as number), name)
    } catch (error) {
      // All of it has ended.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
  return {
    ended,
    words: () => words,
    async stop() {
      signal('SIGTERM')
      await ended
    },
    kill: () => signal('SIGKILL'),
  }
}

/** Waits until a site answers. */
export async function waitForSite(url: string, limitMs: number): Promise<void> {
  const isUp = () =>
    fetch(new URL('/healthz', url)).then(
      ({ ok }) => ok,
      () => false,
    )
  await waitFor(isUp, `the site at ${url}`, limitMs)
}
