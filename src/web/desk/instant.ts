import { type Html, html } from '../page/html.ts'
import type { DeskWords } from './desk-visit.ts'

/**
 * An instant, ms since the epoch, by the operator's clock. The page names its zone once, at its end; `datetime` has it for
 * machines.
 */
export function instant(words: DeskWords, at: number): Html {
  return timeElement(at, format(words, at, words.timeZone, {}))
}

/** The same by the clock of a learner, with the name of the zone. */
export function instantThere(words: DeskWords, at: number, timeZone: string): Html {
  return timeElement(at, format(words, at, timeZone, { timeZoneName: 'short' }))
}

/** For the functions of `local-time.ts`: the desk has one way to say an hour, that of its instants. */
export function on24Hours(words: DeskWords): DeskWords {
  return { ...words, locale: `${words.locale}-u-hc-h23` }
}

function timeElement(at: number, text: string): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${text}</time>`
}

function format(words: DeskWords, at: number, timeZone: string, more: Intl.DateTimeFormatOptions): string {
  const format = new Intl.DateTimeFormat(words.locale, {
    ...{ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', timeZone },
    ...more,
  })
  return format.format(at)
}
