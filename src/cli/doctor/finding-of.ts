import { type Finding, problem, warning } from '../../core/doctor/sender-records.ts'
import { AppError } from '../../core/errors.ts'

/** The result of a check; if it fails, the finding that says why. */
export function findingOf(check: Promise<Finding>): Promise<Finding> {
  return check.catch(findingOfError)
}

export function findingOfError(error: unknown): Finding {
  return error instanceof AppError
    ? problem(error.message, '')
    : warning(`Could not be checked: ${(error as Error).message}.`, 'Try again where DNS and the network answer.')
}
