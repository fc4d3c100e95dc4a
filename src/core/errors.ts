/** One thing wrong in a file, an option or a setting, told so that a person can mend it. */
export interface Fault {
  /** The file, relative to the folder the service runs in, or the name of the setting. */
  readonly file: string
  /** 1-based line, when known. */
  readonly line?: number
  readonly what: string
  readonly cure: string
}

/** Every code a flow can fail with. The web room alone turns them into HTTP statuses. */
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

/** An error a caller is expected to meet; `message` is fit to be shown to the person who caused it. */
export class AppError extends Error {
  readonly code: ErrorCode
  /** Field name to sentence, for forms. */
  readonly fields: Readonly<Record<string, string>>

  constructor(code: ErrorCode, message: string, options: { fields?: Record<string, string>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.fields = options.fields ?? {}
  }
}

/** Thrown at start when files or settings are wrong: all faults at once, never the first only. */
export class FaultsError extends AppError {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    super('misconfigured', faults.map(formatFault).join('\n'))
    this.name = 'FaultsError'
    this.faults = faults
  }
}

/** An error for a log. That of a parser quotes what it read, which may be what somebody wrote: of it the name is enough. */
export function loggedError(error: unknown): string {
  return error instanceof SyntaxError ? error.name : String(error)
}

/** `lessons/x/day-1.md:7: no subject. Add "subject:" to the front matter.` */
export function formatFault(fault: Fault): string {
  const place = fault.line === undefined ? fault.file : `${fault.file}:${fault.line}`
  return `${place}: ${fault.what} ${fault.cure}`
}
