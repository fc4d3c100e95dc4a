import { AppError } from '../../core/errors.ts'
import { MAX_OWN_LINE, OWN_LINE_DAY, OWN_LINE_FIELD, ownLineOf } from '../../core/exercise/own-line.ts'
import { phrase } from '../../core/words.ts'
import type { LessonVisit, Viewer } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import { findSession, requireOwnSession } from '../security/sessions.ts'
import { type AnswerSource, readFields } from './readable-answers.ts'
import { requireFinished } from './require-finished.ts'
import { sealAnswer } from './sealed-answers.ts'

export interface OwnLine {
  readonly text: string
  /** ms UTC. */
  readonly savedAt: number
}

/** The line of an enrolment, as `viewer` may read it; null if there is none, and without an own session. */
export async function readOwnLine(
  source: AnswerSource,
  enrolmentId: number,
  { isOwn, session }: Viewer,
): Promise<OwnLine | null> {
  if (!isOwn) return null
  const line = (await readFields(source, enrolmentId, OWN_LINE_DAY, session)).get(OWN_LINE_FIELD)
  return typeof line?.value === 'string' ? { text: line.value, savedAt: line.savedAt } : null
}

/**
 * Keeps one line of the learner's own for a finished course, in place of any before; an empty one removes it. Fails with
 * `not-yet` before it is finished, as `requireOwnSession` does, or with `bad-input` if the line is
 * too long.
 */
export async function keepOwnLine(
  ports: Pick<Ports, 'clock' | 'store' | 'sealer'>,
  visit: LessonVisit,
  session: string | null,
  typed: string,
): Promise<void> {
  const { enrolment } = visit
  await requireFinished(ports, visit)
  const value = ownLineOf(typed)
  if (value === null)
    throw new AppError('bad-input', phrase('errors.check-form'), {
      fields: { line: phrase('finished.too-long', { max: MAX_OWN_LINE }) },
    })
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    const own = requireOwnSession(await findSession(ports, unit, enrolment.learnerId, session))
    await unit.answers.remove(enrolment.id, OWN_LINE_DAY, OWN_LINE_FIELD)
    if (value === '') return
    const key = { enrolmentId: enrolment.id, day: OWN_LINE_DAY, session: own.hash }
    const sealer = learnerSealer(ports, unit, enrolment.learnerId)
    const answer = { field: OWN_LINE_FIELD, version: 1, value, snapshotId: null, now }
    await unit.answers.put(key, await sealAnswer(sealer, key, answer), own.kind)
  })
}
