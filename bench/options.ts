import { parseArgs } from 'node:util'

export const MEASURES = [
  'sending',
  'slow-relay',
  'million',
  'sign-up',
  'lateness',
  'two-processes',
  'growth',
  'desk',
] as const
export type MeasureName = (typeof MEASURES)[number]
export const SIGNINGS = ['none', 'rsa', 'ed25519'] as const
export type SigningName = (typeof SIGNINGS)[number]

/** Measures that also run on Postgres. */
const ON_POSTGRES: readonly MeasureName[] = ['sending', 'million', 'growth']
export const DATABASES = ['sqlite', 'postgres'] as const
export type DatabaseName = (typeof DATABASES)[number]
export const DATABASE_NAMES: Readonly<Record<DatabaseName, string>> = { sqlite: 'SQLite', postgres: 'Postgres' }

export interface Options {
  /** In execution order. */
  readonly only: readonly MeasureName[]
  /** A measure to profile instead of measuring it. */
  readonly profile: 'sending' | null
  readonly quick: boolean
  /** SQLite, or SQLite and Postgres, of which each run of the one has one of the other beside it. */
  readonly databases: readonly DatabaseName[]
  /** Whether a missed target makes the exit status 1. */
  readonly strict: boolean
  /** Lessons due together in each run of `sending`, `growth` and `two-processes`. */
  readonly messages: number
  /** Rounds of each interleaved comparison. */
  readonly rounds: number
  /** Connections to the relay, for all workers together and for the reference. */
  readonly connections: number
  /** Concurrent deliveries of a worker. */
  readonly concurrency: number
  /** Active enrolments of `million`, and the maximum of `growth`. */
  readonly enrolments: number
  /** Lessons due in the same minute in `lateness`. */
  readonly late: number
  /** The relay's messages per second in `lateness`. */
  readonly rate: number
  /** Duration of each run of `sign-up`, and of the idle part of `two-processes`. */
  readonly seconds: number
  readonly horizons: readonly string[]
  /** Signing variants of `sending`, each with its own run in every round. */
  readonly signing: readonly SigningName[]
  /** Absolute, or relative to the working directory. */
  readonly out: string
  /** Whether the seeded database of `million` is kept and reused. */
  readonly keepData: boolean
}

type Parsed = { readonly options: Options } | { readonly help: string } | { readonly problems: readonly string[] }

const FULL = {
  messages: 10_000,
  rounds: 5,
  connections: 50,
  concurrency: 100,
  enrolments: 1_000_000,
  late: 50_000,
  rate: 3_000,
  seconds: 10,
}
const QUICK: typeof FULL = { ...FULL, messages: 1_000, rounds: 1, enrolments: 20_000, late: 3_000, seconds: 3 }
const HORIZONS = '15m,1h,2h,6h'
const QUICK_HORIZONS = '15m,1h'

const NUMBERS: Readonly<Record<keyof typeof FULL, { min: number; max: number; means: string }>> = {
  messages: { min: 1, max: 1_000_000, means: 'lessons due together in each run that sends' },
  rounds: { min: 1, max: 99, means: 'rounds of each comparison; the median counts' },
  connections: { min: 1, max: 500, means: 'connections to the relay, ours and the reference' },
  concurrency: { min: 1, max: 1_000, means: 'deliveries of one worker at a time' },
  enrolments: {
    min: 100,
    max: 10_000_000,
    means: 'active enrolments of "million" and "desk", and the largest of "growth"',
  },
  late: { min: 1, max: 1_000_000, means: 'lessons due at the same minute in "lateness"' },
  rate: { min: 1, max: 100_000, means: 'messages a second that the relay of "lateness" takes' },
  seconds: { min: 1, max: 3_600, means: 'length of each run of requests' },
}

/** Parses the command line. Reports all problems at once, each with its fix. */
export function readOptions(argv: readonly string[]): Parsed {
  let values: ReturnType<typeof parse>
  try {
    values = parse(argv)
  } catch (error) {
    return { problems: [`${firstSentence(error)} "npm run bench -- --help" lists what there is.`] }
  }
  if (values.help) return { help: HELP }

  const problems: string[] = []
  const base = values.quick ? QUICK : FULL
  const numbers = { ...base }
  for (const [name, { min, max }] of Object.entries(NUMBERS) as [keyof typeof FULL, { min: number; max: number }][]) {
    const text = values[name]
    if (text === undefined) continue
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) numbers[name] = value
    else
      problems.push(
        `--${name} is "${text}". Use a whole number from ${min} to ${max}, such as --${name} ${base[name]}.`,
      )
  }
  const only = namesIn(values.only)
  for (const name of only.filter((one) => !isMeasure(one)))
    problems.push(
      `--only names "${name}", which is no measure. Use one or more of ${MEASURES.join(', ')}, with commas.`,
    )
  if (values.only !== undefined && only.length === 0)
    problems.push(`--only names nothing. Use one or more of ${MEASURES.join(', ')}, with commas, or leave it out.`)
  if (values.profile !== undefined && values.profile !== 'sending')
    problems.push(`--profile names "${values.profile}". Only the worker while it sends is profiled: --profile sending.`)
  const signing = namesIn(values.signing ?? SIGNINGS.join())
  for (const name of signing.filter((one) => !isSigning(one)))
    problems.push(`--signing names "${name}". Use one or more of ${SIGNINGS.join(', ')}, with commas.`)
  const horizons = namesIn(values.horizons ?? (values.quick ? QUICK_HORIZONS : HORIZONS))
  for (const horizon of horizons.filter((one) => !/^[1-9]\d{0,5}[smhd]$/.test(one)))
    problems.push(`--horizons names "${horizon}". Use lengths of time with commas between them, such as ${HORIZONS}.`)
  const database = values.database ?? 'sqlite'
  if (!isDatabase(database))
    problems.push(`--database is "${database}". Use postgres, which is measured beside SQLite, or leave it out.`)
  const measures = values.only !== undefined ? only : database === 'postgres' ? ON_POSTGRES : MEASURES
  const others = only.filter((name) => isMeasure(name) && !ON_POSTGRES.includes(name))
  if (database === 'postgres' && others.length > 0)
    problems.push(`--database postgres does not go with ${others.join(', ')}. Use --only ${ON_POSTGRES.join()}.`)
  if (problems.length > 0) return { problems }

  return {
    options: {
      ...numbers,
      only: MEASURES.filter((name) => measures.includes(name)),
      databases: database === 'postgres' ? DATABASES : ['sqlite'],
      profile: values.profile === 'sending' ? 'sending' : null,
      quick: values.quick ?? false,
      strict: values.strict ?? false,
      horizons,
      signing: SIGNINGS.filter((name) => signing.includes(name)),
      out: values.out ?? 'bench/results',
      keepData: values['keep-data'] ?? false,
    },
  }
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  return parseArgs({
    args: [...argv],
    allowPositionals: false,
    options: {
      help: flag,
      only: text,
      profile: text,
      database: text,
      quick: flag,
      strict: flag,
      messages: text,
      rounds: text,
      connections: text,
      concurrency: text,
      enrolments: text,
      late: text,
      rate: text,
      seconds: text,
      horizons: text,
      signing: text,
      out: text,
      'keep-data': flag,
    },
  }).values
}

function namesIn(list: string | undefined): string[] {
  return (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function isMeasure(name: string): name is MeasureName {
  return (MEASURES as readonly string[]).includes(name)
}

function isSigning(name: string): name is SigningName {
  return (SIGNINGS as readonly string[]).includes(name)
}

function isDatabase(name: string): name is DatabaseName {
  return (DATABASES as readonly string[]).includes(name)
}

/** Omits parseArgs' explanation of how to pass positional arguments, which are not used here. */
function firstSentence(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : `${error}`
  return message.replace(/\. .*$/s, '.').replace(/([^.])$/, '$1.')
}

const HELP = `npm run bench -- [options]

Measures the service on this machine: a real redis-server, SQLite files and postfix's smtp-sink, all started here, and with
--database postgres a PostgreSQL server too.
Ends with a table, and with report.md, report.json and plots (SVG) under bench/results/.

  --only <names>        only these, with commas: ${MEASURES.join(', ')}
  --database postgres   ${ON_POSTGRES.join(', ')}: on Postgres too, each run beside one on SQLite
  --quick               small sizes: everything in about two minutes
  --profile sending     runs the worker with a CPU profile and prints where its time goes
${Object.entries(NUMBERS)
  .map(([name, { means }]) => {
    const key = name as keyof typeof FULL
    return `  ${`--${name} <n>`.padEnd(21)} ${means} (${FULL[key]}; quick: ${QUICK[key]})`
  })
  .join('\n')}
  --horizons <list>     planning horizons whose memory "million" reads off (${HORIZONS}; quick: ${QUICK_HORIZONS})
  --signing <names>     what "sending" signs with: ${SIGNINGS.join(', ')} (all)
  --keep-data           keep the seeded SQLite file of "million", "growth" and "desk", and use it again
  --out <folder>        where results go (bench/results)
  --strict              exit status 1 where a target is missed
  --help                this text

On a machine with other work only ratios hold: run it when the machine is quiet.`
