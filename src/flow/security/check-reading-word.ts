import { AppError } from '../../core/errors.ts'
import { isReadingWord, normaliseReadingWord } from '../../core/security/reading-word.ts'
import { phrase } from '../../core/words.ts'
import { linkExpired } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'

/** Attempts at the reading word, per link and for all links of a learner made within 24 hours. */
export const TRIES_OF_A_LINK = 5
export const TRIES_A_DAY = 15
const DAY_MS = 86_400_000

/** `none`: the learner has no reading word; `missing`: nothing was typed. */
export type ReadingWordCheck = 'none' | 'right' | 'missing'

/**
 * Checks what was typed against the learner's reading word. `link`: the delivery of the emailed link whose attempts count; null if there is none. An attempt is counted
 * before the word is checked, so that concurrent requests cannot exceed the limit. Fails with `bad-input` for a wrong
 * word, `link-expired` after too many with this link, or `too-many`.
 */
export async function checkReadingWord(
  ports: Pick<Ports, 'clock' | 'store'>,
  { learnerId, link }: { readonly learnerId: number; readonly link: number | null },
  typed: string,
): Promise<ReadingWordCheck> {
  const { learners, emailedLinks } = ports.store
  const stored = await learners.readingWord(learnerId)
  if (stored === null) return 'none'
  if (typed.trim() === '') return 'missing'
  const since = ports.clock.now() - DAY_MS
  if (link !== null && !(await emailedLinks.countTry(link, { ofLink: TRIES_OF_A_LINK, ofAll: TRIES_A_DAY, since }))) {
    if ((await emailedLinks.triesSince(learnerId, since)) < TRIES_A_DAY) throw linkExpired()
    throw new AppError('too-many', phrase('security.word-too-many'))
  }
  const word = normaliseReadingWord(typed)
  if (word !== null && (await isReadingWord(word, stored))) return 'right'
  throw new AppError('bad-input', phrase('security.word-wrong'))
}
