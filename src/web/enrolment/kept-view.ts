import { QUIET_AFTER_STOP_MS, REQUESTED_EMAIL_WINDOW_MS } from '../../core/retention.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html } from '../page/html.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * What a stop called off, what stays, and for how long. The same whatever the stop came from. `isQuiet`: the code of the
 * address is still stored.
 */
export function keptAfterStop(words: Words, what: 'lessons' | 'check-ins', isQuiet: boolean): Html {
  return keptList(words, [
    words.say(`stopped.${what}-called-off`),
    words.say('stopped.kept'),
    words.say('stopped.take'),
    ...(isQuiet ? [quietPeriod(words)] : []),
  ])
}

/** The same after everything was deleted. */
export function keptAfterErasure(words: Words): Html {
  return keptList(words, [
    words.say('stopped.erased'),
    quietPeriod(words),
    words.say('privacy.how-long.requests', { hours: REQUESTED_EMAIL_WINDOW_MS / HOUR_MS }),
    words.say('stopped.never-again'),
    words.say('stopped.yours'),
  ])
}

/** What stays of an address after a stop, and of one that was deleted. */
export function quietPeriod(words: Words): string {
  return words.say('stopped.quiet', { days: QUIET_AFTER_STOP_MS / DAY_MS })
}

function keptList(words: Words, lines: readonly string[]): Html {
  return html`<section class="card narrow soft" aria-labelledby="kept">
<h2 id="kept">${words.say('stopped.heading')}</h2>
<ul>
${lines.map((line) => html`<li>${line}</li>\n`)}</ul>
</section>`
}
