import type { Words } from '../../core/words.ts'
import type { Html } from '../page/html.ts'
import { scriptWords } from '../page/script-words.ts'

/** What draft.js says about saving. It puts the reason, which only the browser knows, in place of `{reason}`. */
export function draftWords(words: Words): Html {
  const reason = '{reason}'
  return scriptWords({
    waiting: words.say('exercise.draft.waiting'),
    saved: words.say('exercise.draft.saved'),
    crossed: words.say('exercise.draft.crossed'),
    invalid: words.say('exercise.draft.invalid', { reason }),
    refused: words.say('exercise.draft.refused', { reason }),
    retry: words.say('exercise.draft.retry'),
  })
}
