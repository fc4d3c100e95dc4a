import type { Answer, Answers, Course, Lesson } from '../core/course.ts'
import { COMMON } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import type { Enrolment } from '../core/model.ts'
import { fieldsFor } from '../core/variant.ts'
import { findByLessonLink, stopToken } from './find-by-link.ts'
import type { AnswerKey, Ports } from './ports.ts'
import { openAnswer } from './sealed-answers.ts'
import { sessionHash } from './session-hash.ts'
import type { FieldState, LessonView, PageView } from './views.ts'
import { isOpen, viewWeek } from './week.ts'

/**
 * The page behind a lesson link. Changes nothing, whoever opens it and however often: mail scanners follow every link.
 * `session` is the cookie's value, or null. Fails with `bad-link` or `gone`.
 */
export async function viewPage(ports: Ports, token: string, session: string | null): Promise<PageView> {
  const { enrolment, course, day } = await findByLessonLink(ports, token)
  const rows = await ports.store.deliveries.ofEnrolment(enrolment.id)
  const week = await viewWeek(ports, course, enrolment, { links: true })
  const row = rows.find((delivery) => delivery.day === day)
  const shared = { course, discreet: enrolment.discreet, week }

  if (!row || !isOpen(row)) return { page: 'closed', view: { ...shared, day } }
  const stop = stopToken(ports, enrolment.id)
  if (row.kind === 'closing')
    return { page: 'closing', view: { ...shared, variant: variantOf(enrolment), name: enrolment.name, stopToken: stop } }

  const lesson = course.lessons.find((candidate) => candidate.day === day)
  if (!lesson) throw new AppError('gone', 'This day is no longer part of the course.')
  const progress = await ports.store.progress.ofEnrolment(enrolment.id)
  const written = await readWritten(ports, enrolment, lesson, course, session)
  return {
    page: 'lesson',
    view: {
      ...shared,
      ...written,
      lesson,
      variant: variantOf(enrolment),
      name: enrolment.name,
      effort: progress.find((entry) => entry.day === day)?.effort ?? null,
      token,
      stopToken: stop,
    },
  }
}

export function variantOf(enrolment: Enrolment): { track: string | null; overlays: readonly string[] } {
  return enrolment.track === null && enrolment.overlays.length === 0
    ? COMMON
    : { track: enrolment.track, overlays: enrolment.overlays }
}

async function readWritten(
  ports: Ports,
  enrolment: Enrolment,
  lesson: Lesson,
  course: Course,
  session: string | null,
): Promise<Pick<LessonView, 'fields' | 'earlier' | 'writtenElsewhere'>> {
  const hash = session === null ? '' : sessionHash(session)
  const key: AnswerKey = { enrolmentId: enrolment.id, day: lesson.day, session: hash }
  const writtenElsewhere = await ports.store.answers.writtenElsewhere(key)
  if (hash === '' || !(await ports.store.sessions.isOpen(hash, enrolment.learnerId)))
    return { fields: {}, earlier: {}, writtenElsewhere }

  const fields: Record<string, FieldState> = {}
  const kept = await ports.store.answers.kept(key)
  for (const stored of await ports.store.answers.of(key)) {
    const earlierValues: Answer[] = []
    for (const other of kept)
      if (other.field === stored.field) earlierValues.push(await openAnswer(ports, ports.store, enrolment.learnerId, key, other))
    fields[stored.field] = {
      value: await openAnswer(ports, ports.store, enrolment.learnerId, key, stored),
      version: stored.version,
      kept: earlierValues,
    }
  }
  return { fields, earlier: await readEarlier(ports, enrolment, lesson, course, hash), writtenElsewhere }
}

async function readEarlier(ports: Ports, enrolment: Enrolment, lesson: Lesson, course: Course, session: string) {
  const earlier: Record<number, Answers> = {}
  for (const field of fieldsFor(lesson.exercise, variantOf(enrolment), 'full')) {
    if (field.type !== 'repeat' || earlier[field.day] || !course.lessons.some((other) => other.day === field.day)) continue
    const key: AnswerKey = { enrolmentId: enrolment.id, day: field.day, session }
    const answers: Record<string, Answer> = {}
    for (const stored of await ports.store.answers.of(key))
      answers[stored.field] = await openAnswer(ports, ports.store, enrolment.learnerId, key, stored)
    earlier[field.day] = answers
  }
  return earlier
}
