import { AppError } from '../../core/errors.ts'
import { recoveryHash } from '../../core/learner/recovery-code.ts'
import { phrase } from '../../core/words.ts'
import { findWayBack, linkExpired } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { checkReadingWord } from '../security/check-reading-word.ts'
import { openOwnSession } from '../security/sessions.ts'
import { type CoursesView, viewCourses } from './view-courses.ts'

type WayBackPorts = Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer' | 'randomBytes'>

export interface WayBackView extends Pick<CoursesView, 'course' | 'discreet'> {
  /** What was written opens with the learner's reading word alone; the days open without it. */
  readonly hasReadingWord: boolean
}

/** What the page of an emailed way back shows before its button. Changes nothing. Fails with `link-expired`. */
export async function viewWayBack(ports: WayBackPorts, token: string): Promise<WayBackView> {
  const { learnerId } = await findWayBack(ports, token)
  const view = await viewCourses(ports, learnerId, { isOwn: false })
  if (view === null) throw linkExpired()
  const hasReadingWord = (await ports.store.learners.readingWord(learnerId)) !== null
  return { course: view.course, discreet: view.discreet, hasReadingWord }
}

export interface WayBackOpened {
  readonly view: CoursesView
  /** The secret of the own session, to be set as the cookie; null if none was opened. */
  readonly session: string | null
}

/**
 * Shows the learner's courses, once, and opens an own session. If they have a reading word, that takes the word, and
 * without it only what lesson links show is shown. `before` is the cookie's value in the request. Fails with
 * `link-expired`, `bad-input` for a wrong word, or `too-many`.
 */
export async function openWayBack(
  ports: WayBackPorts,
  token: string,
  before: string | null,
  word: string,
): Promise<WayBackOpened> {
  const { learnerId, deliveryId } = await findWayBack(ports, token)
  const checked = await checkReadingWord(ports, { learnerId, link: deliveryId }, word)
  const isOwn = checked !== 'missing'
  const session = await ports.store.transaction(async (unit) => {
    if (!(await unit.emailedLinks.use(deliveryId, ports.clock.now()))) throw linkExpired()
    return isOwn ? openOwnSession(ports, unit, learnerId, before, { readsAll: checked === 'right' }) : null
  })
  const view = await viewCourses(ports, learnerId, { isOwn })
  if (view === null) throw linkExpired()
  return { view, session }
}

/**
 * The same with the recovery code of somebody who reads on the web only. Fails with `bad-input` for a code that does not
 * exist, and for a wrong reading word.
 */
export async function openByRecoveryCode(
  ports: WayBackPorts,
  typed: string,
  before: string | null,
  word: string,
): Promise<WayBackOpened> {
  const hash = recoveryHash(ports.keys, typed)
  const learnerId = hash === null ? null : await ports.store.learners.byRecoveryHash(hash)
  const view = learnerId === null ? null : await viewCourses(ports, learnerId, { isOwn: true })
  if (learnerId === null || view === null)
    throw new AppError('bad-input', phrase('errors.check-form'), { fields: { code: phrase('learner.code-wrong') } })
  if ((await checkReadingWord(ports, { learnerId, link: null }, word)) === 'missing') {
    const shown = await viewCourses(ports, learnerId, { isOwn: false })
    return { view: shown ?? view, session: null }
  }
  const session = await ports.store.transaction((unit) =>
    openOwnSession(ports, unit, learnerId, before, { readsAll: true }),
  )
  return { view, session }
}
