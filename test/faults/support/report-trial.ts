import { appendFileSync } from 'node:fs'

/** What a trial saw, for the table that `npm run test:faults` prints. Times in ms. */
export interface Seen {
  /** Row of the table of trials. */
  readonly row: number
  readonly what: string
  readonly sends?: number
  readonly kills?: number
  /** Messages accepted twice. */
  readonly twice?: number
  /** Messages accepted more than twice. */
  readonly more?: number
  readonly lost?: number
  /** Between due and accepted, at the most. */
  readonly latestMs?: number
  readonly recoveryMs?: number
  readonly note?: string
}

/** Leaves a line in the file named by FAULTS_REPORT; without one, nothing. */
export function report(seen: Seen): void {
  const file = process.env.FAULTS_REPORT
  if (file) appendFileSync(file, `${JSON.stringify(seen)}\n`)
}
