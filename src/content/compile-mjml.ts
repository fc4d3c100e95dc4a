import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface MjmlSource {
  /** Absolute; includes are resolved relative to it. */
  readonly path: string
  readonly text: string
}

export type CompiledMjml =
  | { readonly html: string }
  /** `errors` is null if MJML did not report them one by one. */
  | { readonly message: string; readonly errors: readonly MjmlError[] | null }

export interface MjmlError {
  readonly line: number
  readonly tagName: string
  readonly message: string
  readonly formattedMessage: string
}

/**
 * Compiles strictly, in the order given, in a child process to keep MJML's memory out of the service. Rejects if that
 * process fails.
 */
export function compileMjml(sources: readonly MjmlSource[]): Promise<readonly CompiledMjml[]> {
  if (sources.length === 0) return Promise.resolve([])
  return new Promise((resolve, reject) => {
    const child = fork(MJML_PROCESS, { execArgv: ['--disable-warning=ExperimentalWarning'], serialization: 'advanced' })
    child.once('message', (results) => resolve(results as readonly CompiledMjml[]))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the process that compiles MJML ended with status ${code}`)))
    child.send(sources)
  })
}

export const MJML_PROCESS = fileURLToPath(new URL('./mjml-process.ts', import.meta.url))
