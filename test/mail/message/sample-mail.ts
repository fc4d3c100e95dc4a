import { fileURLToPath } from 'node:url'
import PostalMime, { type Email } from 'postal-mime'
import { type Content, loadContent } from '../../../src/content/load-content.ts'
import type { Course } from '../../../src/core/course/course.ts'
import type { Composer, EmailToCompose } from '../../../src/flow/ports/ports.ts'
import { type ComposerOptions, createComposer } from '../../../src/mail/message/composer.ts'

const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))

export const EMAILS = root('emails')
export const LESSONS = root('lessons')
export const FIXTURES = root('test/fixtures/courses')

export interface Samples {
  readonly content: Content
  readonly course: Course
  readonly composer: Composer
  readonly options: ComposerOptions
  mail(changes?: Partial<EmailToCompose>): EmailToCompose
}

/** The fixture course with a composer; `mail()` is lesson 1 for Ada, on a Monday. */
export async function loadSamples(lessonsDir = FIXTURES, more: Partial<ComposerOptions> = {}): Promise<Samples> {
  const content = await loadContent({ lessonsDir, emailsDir: EMAILS })
  const [course] = content.courses.all()
  if (course === undefined) throw new Error('There is no course to test with.')
  const options: ComposerOptions = {
    emails: content.emails,
    locales: content.locales,
    from: { name: 'Not used', address: 'hello@example.org' },
    postalAddress: 'Example House\n1 Sample Street\n12345 Sampletown',
    hostname: 'www.example.org',
    ...more,
  }
  return {
    content,
    course,
    options,
    composer: createComposer(options),
    mail: (changes = {}) => ({
      kind: 'lesson',
      to: 'ada@example.com',
      course,
      day: 1,
      variant: { track: null, overlays: [] },
      discreet: false,
      name: 'Ada',
      timeZone: 'Europe/Berlin',
      date: Date.parse('2026-11-23T06:00:00Z'),
      messageId: 'r4nd0m-Id@www.example.org',
      links: {
        open: 'https://www.example.org/l/open-token?a=1&b=2',
        stop: 'https://www.example.org/stop/stop-token',
        oneClickStop: 'https://www.example.org/stop/one-click-token',
      },
      nextLessonAt: Date.parse('2026-11-24T06:00:00Z'),
      ...changes,
    }),
  }
}

/** Every mail the course sends, open and discreet: its lessons, the closing mail, and the two notices. */
export function everyMail({ course, mail }: Samples, changes: Partial<EmailToCompose> = {}): EmailToCompose[] {
  return [
    ...course.lessons.map(({ day }) => mail({ kind: 'lesson', day, ...changes })),
    mail({ kind: 'closing', day: course.lessons.length + 1, ...changes }),
    mail({ kind: 'confirm', day: null, ...changes }),
    mail({ kind: 'already-active', day: null, ...changes }),
  ]
}

export type ParsedMail = Email & { readonly html: string; readonly text: string }

export async function parse(raw: Buffer): Promise<ParsedMail> {
  const { html, text, ...email } = await PostalMime.parse(raw)
  if (html === undefined || text === undefined) throw new Error('The mail lacks its HTML or its text part.')
  return { ...email, html, text }
}

export function header(email: Email, name: string): string | undefined {
  return email.headers.find(({ key }) => key === name.toLowerCase())?.value
}

export function linksOfHtml(html: string): string[] {
  return [...html.matchAll(/href="([^"]*)"/g)].map((match) => (match[1] ?? '').replace(/&(?:amp|#38);/g, '&'))
}

export function linksOfText(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s)]+/g)].map(([link]) => link)
}
