import type { Words } from '../../core/words.ts'
import type { Html } from '../page/html.ts'
import { scriptWords } from '../page/script-words.ts'

/** What exercise.js says. It puts what only the browser knows in place of `{words}` and `{found}`. */
export function exerciseWords(words: Words): Html {
  return scriptWords({
    words: words.say('exercise.words', { words: '{words}' }),
    marked: words.say('exercise.marked', { found: '{found}' }),
    fits: words.say('exercise.fields.sorting-fits'),
    look: words.say('exercise.fields.sorting-look'),
    stopTimer: words.say('exercise.timer.stop'),
    timeOver: words.say('exercise.timer.over'),
  })
}
