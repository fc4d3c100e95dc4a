import type { CheckIn } from '../course/check-in.ts'
import type { Closing, Course, Lesson } from '../course/course.ts'
import { AppError } from '../errors.ts'
import { EMAIL_KINDS, type EmailKind, type EmailRules, type EmailSource, type LayoutName } from './email-kinds.ts'
import { SHORT_WORDS } from './email-words.ts'

/** A file in emails/words/: one for each kind of email, and one for the short form that several of them share. */
export type WordsName = EmailKind | 'short'

/** The layout of each words file, and what the file holds. */
export const EMAIL_FORMS: Readonly<Record<WordsName, Pick<EmailRules, 'layout' | 'words'>>> = {
  ...EMAIL_KINDS,
  short: { layout: 'short', words: SHORT_WORDS },
}

/** One email's words by key, as its `WordsFormat` says. Values may hold placeholders. */
export interface EmailWords {
  readonly file: string
  readonly words: Readonly<Record<string, string>>
  /** What replaces `words` in a discreet email. */
  readonly discreet: Readonly<Record<string, string>>
  /** Markdown, with the line it starts on; empty where the course writes the body. */
  readonly body: { readonly markdown: string; readonly line: number }
}

/** What emails/ holds once read and compiled: layouts as HTML with placeholders, and words. */
export interface Emails {
  readonly layouts: Readonly<Record<LayoutName, string>>
  readonly words: Readonly<Record<WordsName, EmailWords>>
}

/** Which email of which course: what its text follows from. */
export interface EmailSubject {
  readonly kind: EmailKind
  readonly course: Course
  /** Of a lesson. */
  readonly day: number | null
  /** Of a check-in. */
  readonly checkIn?: CheckIn | null
  /** Says that a page is there and nothing of what is on it. */
  readonly short?: boolean
}

export function wordsNameOf({ kind, short }: Pick<EmailSubject, 'kind' | 'short'>): WordsName {
  return short ? 'short' : kind
}

/** The part of the course that the email shows; null for a notice and a short email. Fails with `misconfigured` where the course has none. */
export function sourceOf(subject: EmailSubject): Lesson | Closing | CheckIn | null {
  const { source } = EMAIL_KINDS[subject.kind]
  return subject.short || source === null ? null : SOURCES[source](subject)
}

const SOURCES = {
  lesson({ course, day }: EmailSubject): Lesson {
    const lesson = course.lessons.find((candidate) => candidate.day === day)
    if (lesson === undefined) throw new AppError('misconfigured', `The course ${course.name} has no day ${day}.`)
    return lesson
  },
  closing: ({ course }: EmailSubject): Closing => course.closing,
  'check-in'({ course, checkIn }: EmailSubject): CheckIn {
    if (!checkIn) throw new AppError('misconfigured', `The course ${course.name} has no such check-in.`)
    return checkIn
  },
} satisfies Readonly<Record<EmailSource, (subject: EmailSubject) => unknown>>
