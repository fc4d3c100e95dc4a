import type { Context, Measure, Measured } from './measure.ts'

export interface Run {
  readonly results: Readonly<Record<string, Measured>>
  /** A sentence for each failed measure. */
  readonly failures: readonly string[]
}

/**
 * Runs measures sequentially. A failure does not discard the others' results, which may have taken an hour. Once
 * `isEnding` returns true, no more are started, and the interrupted one is not reported.
 */
export async function runMeasures(
  measures: readonly (readonly [name: string, measure: Measure])[],
  context: Context,
  isEnding: () => boolean,
): Promise<Run> {
  const results: Record<string, Measured> = {}
  const failures: string[] = []
  for (const [name, measure] of measures) {
    if (isEnding()) break
    try {
      results[name] = await measure(context)
    } catch (error) {
      if (isEnding()) break
      context.progress.done()
      failures.push(`${name}: ${error instanceof Error ? error.message : error}`)
    }
  }
  return { results, failures }
}
