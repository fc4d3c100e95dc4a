import type { Words } from '../../core/words.ts'
import { type Html, html } from '../page/html.ts'

/** An instant in UTC, ms since the epoch, as a time that machines read too. A time zone shows it as a clock there does. */
export function instant(words: Words, at: number, timeZone = 'UTC'): Html {
  const date = new Date(at)
  return html`<time datetime="${date.toISOString()}">${instantText(words, at, timeZone)}</time>`
}

export function instantText(words: Words, at: number, timeZone = 'UTC'): string {
  const format = new Intl.DateTimeFormat(words.locale, {
    ...{ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' },
    ...{ hourCycle: 'h23', timeZone, timeZoneName: 'short' },
  })
  return format.format(at)
}
