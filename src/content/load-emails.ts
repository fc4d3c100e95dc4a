import { resolve } from 'node:path'
import { EMAIL_FORMS, type Emails, type EmailWords, type WordsName } from '../core/delivery/emails.ts'
import { type Problem, ProblemsError } from '../core/errors.ts'
import { compileLayouts } from './compile-layout.ts'
import { readWords } from './read-email-words.ts'

/**
 * Reads and compiles everything in emails/. MJML is compiled once here, not for each message. Throws ProblemsError with
 * all problems of all layouts and words files.
 */
export async function loadEmails(emailsDir: string): Promise<Emails> {
  const problems: Problem[] = []
  const directory = resolve(emailsDir)
  const words: Partial<Record<WordsName, EmailWords>> = {}
  const layouts = await compileLayouts(directory, problems)
  for (const name of Object.keys(EMAIL_FORMS) as WordsName[]) words[name] = await readWords(directory, name, problems)
  if (problems.length > 0) throw new ProblemsError(withoutDuplicates(problems))
  return { layouts, words: words as Emails['words'] }
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
