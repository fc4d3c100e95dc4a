import type { Course } from '../../core/course/course.ts'
import { AppError } from '../../core/errors.ts'
import { LINKS } from '../../core/security/links.ts'
import { phrase } from '../../core/words.ts'
import { viewWeek } from '../enrolment/view-week.ts'
import { findByEmailedLink, findByLessonLink, linkExpired } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import type { LinkGoal } from '../ports/security-ports.ts'
import { checkReadingWord, TRIES_OF_A_LINK } from '../security/check-reading-word.ts'
import { openOwnSession } from '../security/sessions.ts'
import { countRequestedEmail, mailboxKeyOf } from '../sending/requested-email.ts'
import type { WeekView } from '../views.ts'

export interface ReadingView {
  readonly course: Course
  readonly discreet: boolean
  /** The link only opens with the learner's reading word. */
  readonly asksWord: boolean
}

/**
 * Plans an email to the learner's own address with a link that opens everything they wrote. Anyone with a lesson link
 * may request it, but the link only goes to the inbox. Fails with `bad-link`, `gone`, `not-yet` if the learner takes no
 * email, or `too-many`.
 */
export async function requestReading(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys'>,
  token: string,
  goal: LinkGoal = 'days',
): Promise<Pick<ReadingView, 'course' | 'discreet'>> {
  const { enrolment, course, day } = await findByLessonLink(ports, token)
  if (enrolment.webOnly) throw new AppError('not-yet', phrase('security.no-emails'))
  const now = ports.clock.now()
  const { learnerId } = enrolment
  await ports.store.transaction(async (unit) => {
    const rows = await unit.deliveries.plan(
      [{ learnerId, kind: 'reading-link', enrolmentId: enrolment.id, signUpId: null, day: null, dueAt: now }],
      now,
    )
    const key = await mailboxKeyOf(ports, unit, learnerId)
    for (const row of rows) {
      if (key === null || !(await countRequestedEmail(unit, row, key, now)))
        throw new AppError('too-many', phrase('errors.too-many-links'))
      await unit.emailedLinks.add({ deliveryId: row.id, learnerId, day, goal, now })
    }
  })
  return { course, discreet: enrolment.discreet }
}

/** What the page of a reading link shows. Changes nothing. Fails with `link-expired` or `gone`. */
export async function viewReading(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys'>,
  token: string,
): Promise<ReadingView> {
  const { enrolment, course, link } = await findByEmailedLink(ports, 'read', token)
  if (link.tries >= TRIES_OF_A_LINK) throw linkExpired()
  const asksWord = (await ports.store.learners.readingWord(enrolment.learnerId)) !== null
  return { course, discreet: enrolment.discreet, asksWord }
}

export interface ReadingOpened extends Omit<ReadingView, 'asksWord'> {
  /** The new secret, to be set as the cookie. */
  readonly session: string
  readonly week: WeekView
  /** Why the link was requested, and the lesson link token of the page where it was requested. */
  readonly goal: LinkGoal
  readonly token: string | null
}

/**
 * Opens an own session in this browser. Works once. `before` is the value of the cookie in the request; `word` is the
 * reading word as typed. Fails with `link-expired`, `gone`, `bad-input` for a wrong word, or `too-many`.
 */
export async function openReading(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'randomBytes'>,
  token: string,
  before: string | null,
  word = '',
): Promise<ReadingOpened> {
  const { enrolment, course, link, deliveryId } = await findByEmailedLink(ports, 'read', token)
  const checked = await checkReadingWord(ports, { learnerId: enrolment.learnerId, link: deliveryId }, word)
  if (checked === 'missing') throw new AppError('bad-input', phrase('security.word-missing'))
  const session = await ports.store.transaction(async (unit) => {
    if (!(await unit.emailedLinks.use(deliveryId, ports.clock.now()))) throw linkExpired()
    return openOwnSession(ports, unit, enrolment.learnerId, before, { readsAll: checked === 'right' })
  })
  return {
    course,
    discreet: enrolment.discreet,
    session,
    week: await viewWeek(ports, course, enrolment, { links: true }),
    goal: link.goal,
    token: link.day === null ? null : LINKS.lesson.make(ports.keys, { enrolmentId: enrolment.id, day: link.day }),
  }
}
