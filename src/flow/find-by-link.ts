import type { Course } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import { readLink, signLink } from '../core/link-token.ts'
import type { Enrolment } from '../core/model.ts'
import type { Ports } from './ports.ts'

export function lessonToken(ports: Ports, enrolmentId: number, day: number): string {
  return signLink(ports.keys, 'lesson', [enrolmentId, day])
}

export function stopToken(ports: Ports, enrolmentId: number): string {
  return signLink(ports.keys, 'stop', [enrolmentId])
}

export async function findByLessonLink(
  ports: Ports,
  token: string,
): Promise<{ enrolment: Enrolment; course: Course; day: number }> {
  const numbers = readLink(ports.keys, 'lesson', token)
  if (!numbers || numbers.length !== 2) throw badLink()
  const [enrolmentId, day] = numbers as [number, number]
  return { ...(await findEnrolment(ports, enrolmentId)), day }
}

export async function findByStopLink(ports: Ports, token: string): Promise<{ enrolment: Enrolment; course: Course }> {
  const numbers = readLink(ports.keys, 'stop', token)
  if (!numbers || numbers.length !== 1) throw badLink()
  return findEnrolment(ports, numbers[0] as number)
}

export async function findEnrolment(ports: Ports, id: number): Promise<{ enrolment: Enrolment; course: Course }> {
  const enrolment = await ports.store.enrolments.byId(id)
  const course = enrolment && ports.courses.get(enrolment.course)
  // A well-signed link without its enrolment: the learner had everything deleted, or the course folder is gone.
  if (!enrolment || !course) throw new AppError('gone', 'There is nothing behind this link any more.')
  return { enrolment, course }
}

function badLink(): AppError {
  return new AppError('bad-link', 'This link is not complete. Open it again from the mail.')
}
