import { formatNumber } from '../../core/delivery/local-time.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html } from '../page/html.ts'

const HEIGHT = 60
const STEP = 10
const BAR = 8
/** Thin, but there: a day with one of many is not a day with none. */
const LEAST = 1.5

/** Bars of equal width, scaled to the highest. The heading above says what they are; `label` says it in words. */
export function barChart(words: Words, name: string, values: readonly number[]): Html {
  const most = Math.max(...values, 1)
  const total = values.reduce((sum, value) => sum + value, 0)
  const height = (value: number) => (value === 0 ? 0 : Math.max(LEAST, (value / most) * HEIGHT))
  const summary = { total: formatNumber(words, total), most: formatNumber(words, Math.max(...values)) }
  return html`<figure class="chart">
<figcaption><b>${name}</b> <span class="quiet">${words.say('desk.today.chart', summary)}</span></figcaption>
<svg viewBox="0 0 ${values.length * STEP} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${values.map(
    (value, index) =>
      html`<rect x="${index * STEP}" y="${(HEIGHT - height(value)).toFixed(1)}" width="${BAR}" height="${height(value).toFixed(1)}"/>`,
  )}</svg>
</figure>
`
}
