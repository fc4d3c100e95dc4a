import type { Course } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import { findByLessonLink, findByReadingLink } from './find-by-link.ts'
import type { Ports } from './ports.ts'
import { mailboxKeyOf, takePlace } from './requested-mail.ts'
import { newSession, sessionHash } from './session-hash.ts'
import type { WeekView } from './views.ts'
import { viewWeek } from './week.ts'

export interface ReadingView {
  readonly course: Course
  readonly discreet: boolean
}

/**
 * Plans a mail to the learner's own address with a link to read back. Whoever holds a lesson link may ask; only the inbox
 * gets the way in. Fails with `bad-link`, `gone`, `not-yet` where the learner wants no mail, or `too-many`.
 */
export async function requestReading(ports: Ports, token: string): Promise<ReadingView> {
  const { enrolment, course } = await findByLessonLink(ports, token)
  if (enrolment.webOnly) throw new AppError('not-yet', 'You chose to get no mail, so no link can be sent.')
  const now = ports.clock.now()
  const planned = await ports.store.transaction(async (unit) => {
    const rows = await unit.deliveries.plan(
      [
        {
          learnerId: enrolment.learnerId,
          kind: 'reading-link',
          enrolmentId: enrolment.id,
          signUpId: null,
          day: null,
          dueAt: now,
        },
      ],
      now,
    )
    const key = await mailboxKeyOf(ports, unit, enrolment.learnerId)
    for (const row of rows) {
      if (key !== null && (await takePlace(unit, row, key, now))) continue
      throw new AppError('too-many', 'Enough links were sent for one day. Please try again tomorrow.')
    }
    return rows
  })
  await ports.wakeUps.plan(planned)
  return { course, discreet: enrolment.discreet }
}

/** What the page behind a reading link shows. Changes nothing. Fails with `link-expired` or `gone`. */
export async function viewReading(ports: Ports, token: string): Promise<ReadingView> {
  const { enrolment, course } = await findByReadingLink(ports, token)
  return { course, discreet: enrolment.discreet }
}

export interface ReadingOpened extends ReadingView {
  /** The secret to set as the cookie: the one handed in, or a new one. */
  readonly session: string
  readonly week: WeekView
}

/** Lets this browser read everything written for the enrolment. Fails with `link-expired` or `gone`. */
export async function openReading(ports: Ports, token: string, session: string | null): Promise<ReadingOpened> {
  const { enrolment, course } = await findByReadingLink(ports, token)
  const now = ports.clock.now()
  const secret = await ports.store.transaction(async (unit) => {
    const own = session !== null && (await unit.sessions.isOpen(sessionHash(session), enrolment.learnerId))
    const reader = own ? session : newSession(ports.randomBytes)
    if (!own) await unit.sessions.open(sessionHash(reader), enrolment.learnerId, now)
    await unit.sessions.allowReading(sessionHash(reader), enrolment.id, now)
    return reader
  })
  return {
    course,
    discreet: enrolment.discreet,
    session: secret,
    week: await viewWeek(ports, course, enrolment, { links: true }),
  }
}
