import { resolve } from 'node:path'
import type { Emails, LayoutName, MailWords, WordsName } from '../core/course/emails.ts'
import { type Fault, FaultsError } from '../core/errors.ts'
import { compileLayouts } from './compile-layout.ts'
import { readWords } from './read-email-words.ts'

const LAYOUTS: readonly LayoutName[] = ['lesson', 'closing', 'notice', 'short', 'discreet']
const WORDS: readonly WordsName[] = [
  'confirm',
  'already-active',
  'lesson',
  'closing',
  'check-in',
  'reading-link',
  'erase-link',
  'short',
]

/**
 * Reads and compiles everything in emails/: MJML once, here, and never per mail.
 * Throws FaultsError with every fault of every layout and words file.
 */
export async function loadEmails(emailsDir: string): Promise<Emails> {
  const faults: Fault[] = []
  const directory = resolve(emailsDir)
  const words: Partial<Record<WordsName, MailWords>> = {}
  const layouts = await compileLayouts(directory, LAYOUTS, faults)
  for (const name of WORDS) words[name] = await readWords(directory, name, faults)
  if (faults.length > 0) throw new FaultsError(withoutDoubles(faults))
  return { layouts, words: words as Emails['words'] }
}

/** A fault in a shared partial is found once for each layout that includes it. */
function withoutDoubles(faults: readonly Fault[]): Fault[] {
  const seen = new Map<string, Fault>()
  for (const fault of faults) {
    const key = `${fault.file}:${fault.line}:${fault.what.replace(/ of \S+\.mjml\.$/, '')}`
    if (!seen.has(key)) seen.set(key, fault)
  }
  return [...seen.values()]
}
