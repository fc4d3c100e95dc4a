import { helpOrUsage } from './cli/usages.ts'
import type { Config } from './config.ts'
import { AppError } from './core/errors.ts'

/** What an entry has started. `close` ends all of it, in order. */
export interface Running {
  close(): Promise<void>
}

/** In a terminal one Ctrl-C arrives from several sides; a second one this much later is meant. */
const SAME_SIGNAL_MS = 1_000
/** Upper limit for draining, even if something still hangs. */
const DRAIN_LIMIT_MS = 60_000

/**
 * Runs one entry from start to stop. Prints `usage` for --help and invalid arguments, reads the settings, starts, and
 * on SIGINT or SIGTERM drains and exits with status 0. Misconfiguration is reported without a stack, with status 1.
 * What reads the settings is loaded once help is not all that is wanted, and `start` loads what it starts: printing a
 * text takes a tenth of a second instead of one.
 */
export async function run(
  usage: string,
  start: (config: Config) => Promise<Running>,
  fits: (args: readonly string[]) => boolean = (args) => args.length === 0,
): Promise<void> {
  printHelpIfAsked(usage, fits)
  let running: Running | null = null
  let stoppedAt: number | null = null

  const stop = () => {
    const now = performance.now()
    if (stoppedAt !== null) {
      if (now - stoppedAt > SAME_SIGNAL_MS) process.exit(130)
      return
    }
    stoppedAt = now
    // Still starting: whatever start() opened is closed as soon as it hands it over.
    if (running) finish(running)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  // tools/run.mjs, which started this, has exited or asked it to stop. Not a second signal, so draining continues.
  process.once('disconnect', () => {
    if (stoppedAt === null) stop()
  })

  try {
    const { loadConfig } = await import('./load-config.ts')
    const { restrictPermissions } = await import('./local/private-files.ts')
    const config = loadConfig()
    const warning = restrictPermissions(config)
    if (warning !== null) console.error(warning)
    running = await start(config)
    if (stoppedAt !== null) finish(running)
  } catch (error) {
    console.error(error instanceof AppError ? error.message : error)
    process.exit(1)
  }
}

/** Prints the usage and exits: with status 0 if help was requested, with 2 if the arguments are invalid. */
function printHelpIfAsked(usage: string, fits: (args: readonly string[]) => boolean): void {
  const instead = helpOrUsage(usage, process.argv.slice(2), fits)
  if (instead === null) return
  if (instead.status === 0) console.log(instead.text)
  else console.error(instead.text)
  process.exit(instead.status)
}

function finish(running: Running): void {
  const limit = setTimeout(() => process.exit(1), DRAIN_LIMIT_MS)
  limit.unref()
  running.close().then(
    () => process.exit(0),
    (error) => {
      console.error(error)
      process.exit(1)
    },
  )
}
