import { AppError } from '../../core/errors.ts'
import {
  hashReadingWord,
  MAX_READING_WORD_LENGTH,
  MIN_READING_WORD_LENGTH,
  normaliseReadingWord,
  SALT_BYTES,
} from '../../core/security/reading-word.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import { requireFreshSession } from '../security/sessions.ts'
import { findForViewer } from './viewer.ts'

/**
 * Sets or changes the reading word, without which no emailed link opens what was written; null removes it. Every other
 * own session ends, because it may belong to someone else. A reading word cannot be recovered. Fails with `not-fresh`,
 * or with `bad-input` and a message for the learner.
 */
export async function setReadingWord(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer' | 'randomBytes'>,
  token: string,
  session: string | null,
  typed: string | null,
): Promise<void> {
  const { enrolment, viewer } = await findForViewer(ports, token, session)
  const own = requireFreshSession(ports, viewer.session)
  const word = typed === null ? null : normaliseReadingWord(typed)
  if (typed !== null && word === null)
    throw new AppError(
      'bad-input',
      phrase('security.word-length', { min: MIN_READING_WORD_LENGTH, max: MAX_READING_WORD_LENGTH }),
    )
  const hash = word === null ? null : await hashReadingWord(word, ports.randomBytes(SALT_BYTES))
  await ports.store.transaction(async (unit) => {
    await unit.learners.setReadingWord(enrolment.learnerId, hash)
    await unit.sessions.endOthers(enrolment.learnerId, 'own', own.hash)
  })
}
