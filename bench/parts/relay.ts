import { fileURLToPath } from 'node:url'
import { startChild } from './child-process.ts'
import type { Cleanup } from './cleanup.ts'

export interface Relay {
  readonly port: number
  readonly pid: number
  /** Messages that have passed, and their bytes between the reply to DATA and the final dot. */
  counts(): Promise<{ readonly messages: number; readonly bytes: number }>
  stop(): Promise<void>
}

export interface RelayOptions {
  /** smtp-sink's port. */
  readonly upstream: number
  /** Delay of every reply. */
  readonly delayMs?: number
  /** Maximum final dots acknowledged per second. */
  readonly dotsPerSecond?: number
  readonly cwd: string
}

const SCRIPT = fileURLToPath(new URL('../processes/relay.ts', import.meta.url))

export async function startRelay(cleanup: Cleanup, options: RelayOptions): Promise<Relay> {
  const child = startChild(cleanup, process.execPath, ['--disable-warning=ExperimentalWarning', SCRIPT], {
    env: {
      BENCH_UPSTREAM: String(options.upstream),
      BENCH_DELAY_MS: String(options.delayMs ?? 0),
      BENCH_DOTS_PER_SECOND: String(options.dotsPerSecond ?? 0),
    },
    cwd: options.cwd,
  })
  const { port } = await child.said<{ port: number }>('port')
  return {
    port,
    pid: child.pid,
    async counts() {
      child.tell({})
      return (await child.said<{ counts: { messages: number; bytes: number } }>('counts')).counts
    },
    stop: () => child.stop(),
  }
}
