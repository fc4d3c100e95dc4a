import { AppError } from '../core/errors.ts'

/** What may be logged of an error: the message of one that is not ours may contain untrusted text; its name does not. */
export function errorName(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`
  return error instanceof Error ? error.name : typeof error
}
