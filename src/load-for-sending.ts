import { fileURLToPath } from 'node:url'
import type { Config } from './config.ts'
import { type Content, loadContent } from './content/load-content.ts'
import type { Problem } from './core/errors.ts'
import { checkEmails } from './flow/delivery/check-emails.ts'
import { type ComposerOptions, createComposer } from './mail/message/composer.ts'

export type ContentForSending = Pick<Content, 'courses' | 'locales'> & {
  /** Unsigned. */
  readonly composerOptions: ComposerOptions
}

/** The project's own courses. */
export const LESSONS_FOLDER = fileURLToPath(new URL('../lessons', import.meta.url))

/**
 * Reads the courses, the layouts of emails and the words of all languages from the project's folders, unless others are named or `content` was read
 * already. Throws ProblemsError for wrong files.
 */
export async function loadForSending(
  config: Pick<Config, 'mailFrom' | 'mailAddress' | 'publicUrl' | 'hooks'>,
  given: { readonly content?: Content; readonly lessonsDir?: string; readonly emailsDir?: string } = {},
): Promise<ContentForSending> {
  const { courses, emails, locales } =
    given.content ??
    (await loadContent({
      lessonsDir: given.lessonsDir ?? LESSONS_FOLDER,
      emailsDir: given.emailsDir ?? fileURLToPath(new URL('../emails', import.meta.url)),
    }))
  const composerOptions = {
    emails,
    locales,
    from: config.mailFrom,
    postalAddress: config.mailAddress,
    hostname: config.publicUrl.hostname,
    postmark: config.hooks.postmark !== null,
  }
  return { courses, locales, composerOptions }
}

/** Builds every email of every course with a composer of its own, and returns what keeps any from being sent. */
export function emailProblems(
  { courses, composerOptions }: ContentForSending,
  { publicUrl }: Pick<Config, 'publicUrl'>,
): Promise<readonly Problem[]> {
  return checkEmails(courses, createComposer(composerOptions), publicUrl)
}
