import type { Context, Measure, Measured } from './measure.ts'

export interface Run {
  readonly results: Readonly<Record<string, Measured>>
  /** A sentence for each measure that failed. */
  readonly failures: readonly string[]
}

/**
 * Runs measures one after the other. One that fails takes nothing away from the others, which may have taken an hour;
 * after `isEnding` says so none is begun, and what broke off is not explained.
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
