import type { Phrase } from './words.ts'

/** One problem in a file, option or setting, with its fix. */
export interface Problem {
  /** The file, relative to the folder the service runs in, or the name of the setting. */
  readonly file: string
  /** 1-based line, when known. */
  readonly line?: number
  readonly what: string
  readonly fix: string
}

/** Every code a flow can fail with. Only the web layer maps them to HTTP statuses. */
export type ErrorCode =
  | 'bad-input'
  | 'bad-link'
  | 'link-expired'
  | 'not-yet'
  | 'not-fresh'
  | 'gone'
  | 'too-many'
  | 'too-large'
  | 'not-found'
  | 'cross-site'
  | 'busy'
  | 'misconfigured'

/** Of errors that only operators can mend; they read English. */
export type OperatorCode = 'misconfigured' | 'busy'
export type ReaderCode = Exclude<ErrorCode, OperatorCode>

interface AppErrorOptions {
  /** Field name to what is wrong, for forms. */
  readonly fields?: Readonly<Record<string, Phrase>>
  readonly cause?: unknown
}

/**
 * An expected error. One for readers says what is wrong as a phrase, which the page shows in their language; its
 * `message` is the key. One for operators has a sentence with the fix as its `message`, and no phrase.
 */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly phrase: Phrase | null
  readonly fields: Readonly<Record<string, Phrase>>

  constructor(code: OperatorCode, sentence: string, options?: AppErrorOptions)
  constructor(code: ReaderCode, phrase: Phrase, options?: AppErrorOptions)
  constructor(code: ErrorCode, what: string | Phrase, options: AppErrorOptions = {}) {
    const message = typeof what === 'string' ? what : what.key
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.phrase = typeof what === 'string' ? null : what
    this.fields = options.fields ?? {}
  }
}

/** Thrown at startup when files or settings are invalid. It lists all problems, not just the first. */
export class ProblemsError extends AppError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super('misconfigured', problems.map(formatProblem).join('\n'))
    this.name = 'ProblemsError'
    this.problems = problems
  }
}

/**
 * Formats an error for a log. A parser's error quotes its input, which may be a learner's writing, so only its name is
 * kept.
 */
export function errorForLog(error: unknown): string {
  return error instanceof SyntaxError ? error.name : String(error)
}

/** `lessons/x/day-1.md:7: no subject. Add "subject:" to the front matter.` */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? problem.file : `${problem.file}:${problem.line}`
  return `${place}: ${problem.what} ${problem.fix}`
}
