import { appendFileSync } from 'node:fs'

/** Results of a trial for the table that `npm run test:faults` prints. Times in ms. */
export interface Seen {
  /** Row in the table of trials. */
  readonly row: number
  readonly what: string
  readonly sends?: number
  readonly kills?: number
  /** Number of messages accepted twice. */
  readonly twice?: number
  /** Number of messages accepted more than twice. */
  readonly more?: number
  readonly lost?: number
  /** The longest time between due and accepted, ms. */
  readonly latestMs?: number
  readonly recoveryMs?: number
  readonly note?: string
}

/** Appends a line to the file named by FAULTS_REPORT; does nothing if it is not set. */
export function report(seen: Seen): void {
  const file = process.env.FAULTS_REPORT
  if (file) appendFileSync(file, `${JSON.stringify(seen)}\n`)
}
