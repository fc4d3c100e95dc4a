import type { Words } from '../../core/words.ts'
import type { Html } from './html.ts'
import { scriptWords } from './script-words.ts'

/** How often Shift must be pressed to leave; leave.js counts. */
const PRESSES = 3

/** What leave.js says: how many presses are left, from the first press to the last but one, and the title of the tab. */
export function leaveWords(words: Words): Html {
  return scriptWords({
    loading: words.say('page.leave.loading'),
    counts: Array.from({ length: PRESSES - 1 }, (_, pressed) =>
      words.say('page.leave.count', { left: PRESSES - 1 - pressed }),
    ),
  })
}
