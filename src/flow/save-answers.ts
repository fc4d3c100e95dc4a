import { missingFor } from '../core/completion.ts'
import type { Answer, Lesson } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import type { Enrolment } from '../core/model.ts'
import { findByLessonLink } from './find-by-link.ts'
import type { AnswerKey, Ports, Repositories } from './ports.ts'
import { openAnswer, sealAnswer } from './sealed-answers.ts'
import { newSession, sessionHash } from './session-hash.ts'
import { variantOf } from './view-page.ts'
import type { Saved, SaveInput } from './views.ts'
import { isOpen } from './week.ts'

/**
 * Saves what was written, and completes the day when an effort is given. One commit: when this returns, nothing of it is
 * lost. A value that another tab changed meanwhile is kept beside the new one. Fails with `bad-link`, `gone` or `not-yet`.
 */
export async function saveAnswers(
  ports: Ports,
  token: string,
  session: string | null,
  input: SaveInput,
): Promise<Saved> {
  const { enrolment, course, day } = await findByLessonLink(ports, token)
  const lesson = course.lessons.find((candidate) => candidate.day === day)
  const row = (await ports.store.deliveries.ofEnrolment(enrolment.id)).find((delivery) => delivery.day === day)
  if (!lesson || !row || !isOpen(row)) throw new AppError('not-yet', 'This day is not open yet.')

  const now = ports.clock.now()
  return ports.store.transaction(async (unit) => {
    const writer = await openSession(unit, enrolment, session, now)
    const key: AnswerKey = { enrolmentId: enrolment.id, day, session: sessionHash(writer) }
    const { versions, conflicts } = await writeFields(ports, unit, enrolment, key, input, now)
    const missing = await missingFields(ports, unit, enrolment, lesson, key, input)
    const completed = input.effort !== null && missing.length === 0
    if (completed && input.effort) await unit.progress.complete(enrolment.id, day, input.effort, now)
    return { session: writer, versions, conflicts, missing, completed }
  })
}

/** The session handed in, when it is this learner's and open; otherwise a new one. */
async function openSession(
  unit: Repositories,
  enrolment: Enrolment,
  session: string | null,
  now: number,
): Promise<string> {
  if (session !== null && (await unit.sessions.isOpen(sessionHash(session), enrolment.learnerId))) return session
  const fresh = newSession()
  await unit.sessions.open(sessionHash(fresh), enrolment.learnerId, now)
  return fresh
}

async function writeFields(
  ports: Ports,
  unit: Repositories,
  enrolment: Enrolment,
  key: AnswerKey,
  input: SaveInput,
  now: number,
) {
  const stored = new Map((await unit.answers.of(key)).map((answer) => [answer.field, answer]))
  const versions: Record<string, number> = {}
  const conflicts: string[] = []
  for (const [field, value] of Object.entries(input.answers)) {
    const current = stored.get(field)
    if (current) {
      const held = await openAnswer(ports, unit, enrolment.learnerId, key, current)
      if (isSame(held, value)) {
        versions[field] = current.version
        continue
      }
      if ((input.base[field] ?? 0) < current.version && !isEmpty(held)) {
        // This page had not seen what another tab saved: neither is thrown away.
        await unit.answers.keep(key, current)
        conflicts.push(field)
      }
    }
    const version = (current?.version ?? 0) + 1
    await unit.answers.put(key, await sealAnswer(ports, unit, enrolment.learnerId, key, { field, version, value, now }))
    versions[field] = version
  }
  return { versions, conflicts }
}

async function missingFields(
  ports: Ports,
  unit: Repositories,
  enrolment: Enrolment,
  lesson: Lesson,
  key: AnswerKey,
  input: SaveInput,
): Promise<readonly string[]> {
  if (input.effort === null) return []
  const answers: Record<string, Answer> = {}
  for (const stored of await unit.answers.of(key))
    answers[stored.field] = await openAnswer(ports, unit, enrolment.learnerId, key, stored)
  return missingFor(lesson.exercise, variantOf(enrolment), input.effort, answers)
}

function isSame(one: Answer, other: Answer): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function isEmpty(value: Answer): boolean {
  if (typeof value === 'string') return value === ''
  if (typeof value === 'number') return false
  return Object.keys(value).length === 0
}
