import type { CheckIn } from '../course/check-in.ts'
import type { Closing, Course, Lesson } from '../course/course.ts'
import { AppError } from '../errors.ts'
import { EMAIL_KINDS, type EmailKind, type EmailSource, type LayoutName } from './email-kinds.ts'

/** Names a group of `emails` in locales/: one for each kind of email, and one for the short form that several share. */
export type EmailForm = EmailKind | 'short'

/** What emails/ holds once read and compiled: layouts as HTML with placeholders. */
export interface Emails {
  readonly layouts: Readonly<Record<LayoutName, string>>
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

export function formOf({ kind, short }: Pick<EmailSubject, 'kind' | 'short'>): EmailForm {
  return short ? 'short' : kind
}

/** The layout of an email that is not discreet. */
export function layoutOf(form: EmailForm): LayoutName {
  return form === 'short' ? 'short' : EMAIL_KINDS[form].layout
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
