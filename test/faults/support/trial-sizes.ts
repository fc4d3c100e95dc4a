/** How large the trials are: small enough for every run of the tests, as large as wished by FAULTS_* variables. */
export const sizes = {
  kills: read('FAULTS_KILLS', 30),
  sends: read('FAULTS_SENDS', 400),
  raced: read('FAULTS_RACED', 1_000),
  racers: 16,
  stops: read('FAULTS_STOPS', 20),
}

/** Time that a trial of this size may take, ms. */
export const patience = read('FAULTS_PATIENCE', 240_000)

export function read(name: string, usual: number): number {
  const text = process.env[name]
  const value = text ? Number(text) : usual
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} is not a whole number of at least 1: ${text}`)
  return value
}
