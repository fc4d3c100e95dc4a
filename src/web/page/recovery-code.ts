import type { Words } from '../../core/words.ts'
import { type Html, html } from './html.ts'

/** Shown once, to whoever begins to read on the web only. */
export function recoveryCodeCard(words: Words, code: string): Html {
  return html`<section class="card" aria-labelledby="your-code">
<h2 id="your-code">${words.say('learner.your-code')}</h2>
<p class="code">${code}</p>
<p>${words.say('learner.your-code-what')} ${words.say('learner.your-code-again')}</p>
</section>`
}
