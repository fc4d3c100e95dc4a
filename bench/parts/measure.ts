import type { Options } from '../options.ts'
import type { Cleanup } from './cleanup.ts'
import type { Plot } from './plot.ts'
import type { Progress } from './progress.ts'
import type { Table } from './table.ts'

/** What a measure needs. */
export interface Context {
  readonly options: Options
  readonly cleanup: Cleanup
  readonly progress: Progress
  /** A folder on the disk to measure; removed at the end. */
  readonly dataFolder: string
  /** Folder of databases to reuse. */
  readonly keptFolder: string
}

/** A figure with a target. */
export interface Check {
  readonly what: string
  readonly value: number | null
  readonly unit: string
  readonly target: number
  readonly compare: 'at least' | 'at most'
}

export interface Measured {
  readonly title: string
  readonly tables: readonly Table[]
  readonly checks: readonly Check[]
  readonly plots: readonly Plot[]
  /** All results, for the JSON file. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Notes on interpreting the figures. */
  readonly notes: readonly string[]
}

export type Measure = (context: Context) => Promise<Measured>

/** Null if there is nothing to compare. */
export function isMet({ value, target, compare }: Check): boolean | null {
  if (value === null || !Number.isFinite(value)) return null
  return compare === 'at least' ? value >= target : value <= target
}
