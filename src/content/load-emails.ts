import { resolve } from 'node:path'
import type { Emails } from '../core/delivery/emails.ts'
import { type Problem, ProblemsError } from '../core/errors.ts'
import { compileLayouts } from './compile-layout.ts'

/**
 * Reads and compiles the layouts of emails. MJML is compiled once here, not for each message. Throws ProblemsError with
 * all problems of all layouts.
 */
export async function loadEmails(emailsDir: string): Promise<Emails> {
  const problems: Problem[] = []
  const layouts = await compileLayouts(resolve(emailsDir), problems)
  if (problems.length > 0) throw new ProblemsError(withoutDuplicates(problems))
  return { layouts }
}

/** A problem in a shared partial is reported by each layout that includes it. */
function withoutDuplicates(problems: readonly Problem[]): Problem[] {
  const seen = new Map<string, Problem>()
  for (const problem of problems) {
    const key = `${problem.file}:${problem.line}:${problem.what.replace(/ of \S+\.mjml\.$/, '')}`
    if (!seen.has(key)) seen.set(key, problem)
  }
  return [...seen.values()]
}
