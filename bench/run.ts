import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readOptions } from './options.ts'
import { createCleanup } from './parts/cleanup.ts'
import type { Context } from './parts/measure.ts'
import { createProgress } from './parts/progress.ts'
import { describeMachine, forTerminal, missed, writeReport } from './parts/report.ts'
import { runMeasures } from './parts/run-measures.ts'
import { asText } from './parts/table.ts'

let isEnding = false

/** Parses the command line, runs the measures in sequence, and writes the report. */
async function main(): Promise<number> {
  const parsed = readOptions(process.argv.slice(2))
  if ('help' in parsed) {
    console.log(parsed.help)
    return 0
  }
  if ('problems' in parsed) {
    for (const problem of parsed.problems) console.error(problem)
    return 2
  }
  const { options } = parsed
  // Loaded once it is certain that something is measured: they bring the whole service along.
  const { measures } = await import('./measures/measures.ts')
  const out = resolve(options.out)
  mkdirSync(out, { recursive: true })
  const keptFolder = join(out, 'kept')
  const dataFolder = mkdtempSync(join(out, 'data-'))

  const cleanup = createCleanup()
  cleanup.add(() => rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 }))
  endOnSignal(() => cleanup.run())
  const context: Context = { options, cleanup, dataFolder, keptFolder, progress: createProgress(process.stderr) }
  try {
    if (options.profile !== null) {
      const { profileSending } = await import('./measures/profile.ts')
      const { tables, folder } = await profileSending(context)
      console.log(`\n${tables.map(asText).join('\n\n')}\n\nWritten for the profile viewers: ${folder}`)
      return 0
    }
    const startedAt = new Date().toISOString()
    const began = performance.now()
    const machine = await describeMachine(dataFolder)
    const chosen = options.only.map((name) => [name, measures[name]] as const)
    const { results, failures } = await runMeasures(chosen, context, () => isEnding)
    if (isEnding) return 1
    const tookSeconds = Math.round((performance.now() - began) / 1_000)
    const report = { startedAt, tookSeconds, machine, options, measures: results }
    if (Object.keys(results).length > 0) {
      console.log(`\n${forTerminal(report)}\n`)
      for (const file of writeReport(out, report)) console.log(`Written: ${file}`)
    }
    for (const failure of failures) console.error(failure)
    return failures.length > 0 || (options.strict && missed(results).length > 0) ? 1 : 0
  } catch (error) {
    // Failures caused by Ctrl-C are not reported.
    if (!isEnding) {
      context.progress.done()
      console.error(error instanceof Error ? error.message : error)
    }
    return 1
  } finally {
    await cleanup.run()
  }
}

/** Ctrl-C leaves no processes or files behind. */
function endOnSignal(close: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (isEnding) return
      isEnding = true
      close().then(
        () => process.exit(130),
        () => process.exit(130),
      )
    })
  }
}

const status = await main()
if (!isEnding) process.exit(status)
