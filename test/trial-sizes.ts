/**
 * How large the trials are: small enough for `npm test`, and as large as wished by FAULTS_* variables, which `npm run
 * test:faults` sets.
 */
export const sizes = {
  kills: read('FAULTS_KILLS', 9),
  sends: read('FAULTS_SENDS', 150),
  raced: read('FAULTS_RACED', 240),
  racers: 16,
  sealed: read('FAULTS_SEALED', 400),
  stops: read('FAULTS_STOPS', 10),
}

/** Time that a trial of this size may take, ms. */
export const patience = read('FAULTS_PATIENCE', 240_000)

export function read(name: string, usual: number): number {
  const text = process.env[name]
  const value = text ? Number(text) : usual
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} is not a whole number of at least 1: ${text}`)
  return value
}

/** Whether every combination of a matrix is tried, or only so many that each value of each of its dimensions occurs. */
export const isFullMatrix = process.env.TEST_MATRIX === 'full'

/** The rows of a table that are tested: those of the gate, or with TEST_MATRIX=full all of them. */
export function matrix<Row>({ gate, full }: { readonly gate: readonly Row[]; readonly full: readonly Row[] }) {
  return isFullMatrix ? full : gate
}

/** Every pair of the two lists; in the gate one pair for each value of the longer one, with those of the other in turn. */
export function pairs<One, Other>(ones: readonly One[], others: readonly Other[]): (readonly [One, Other])[] {
  if (isFullMatrix) return ones.flatMap((one) => others.map((other) => [one, other] as const))
  return Array.from({ length: Math.max(ones.length, others.length) }, (_, at) => [
    ones[at % ones.length] as One,
    others[at % others.length] as Other,
  ])
}
