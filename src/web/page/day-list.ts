import { formatWhen } from '../../core/delivery/local-time.ts'
import type { Words } from '../../core/words.ts'
import type { WeekDay, WeekView } from '../../flow/views.ts'
import { type Html, html } from './html.ts'

/**
 * The days as a row of circles with their titles; `here` is the current day. Where there is no room for titles, the list
 * that opens below has them.
 */
export function dayStrip(words: Words, week: WeekView, here: number | null, now: number): Html {
  return html`<nav class="days" aria-label="${words.say('page.days.label')}">
<ol>${week.days.map((day) => strip(words, day, day.day === here))}</ol>
<details class="all-days"><summary>${words.say('page.days.all')}</summary>
${dayList(words, week, now)}
</details>
</nav>`
}

/** Every day with its title and time. */
export function dayList(words: Words, week: WeekView, now: number): Html {
  return html`<ol class="plan">${week.days.map(
    (day) =>
      html`<li class="is-${day.state}"><span class="dot" aria-hidden="true">${sign(day)}</span><span>${
        day.path === null ? html`<b>${day.title}</b>` : html`<a href="${day.path}">${day.title}</a>`
      } <span class="quiet">${describeDay(words, day, week, now)}</span></span></li>\n`,
  )}</ol>`
}

/** "The next lesson comes tomorrow, Tuesday, at 7:00 AM." Empty if there is none. */
export function describeNext(
  words: Words,
  week: Pick<WeekView, 'nextAt' | 'timeZone'> & { readonly state: WeekView['state'] | 'pending' },
  now: number,
): string {
  if (week.state === 'stopped') return words.say('page.days.stopped')
  if (week.state === 'paused') {
    if (week.nextAt === null) return words.say('pause.paused-open')
    if (week.nextAt <= now) return words.say('pause.paused-soon')
    return words.say('pause.paused', { when: formatWhen(words, week.nextAt, week.timeZone, now) })
  }
  if (week.nextAt === null) return ''
  if (week.nextAt <= now) return words.say('page.days.next-soon')
  return words.say('page.days.next', { when: formatWhen(words, week.nextAt, week.timeZone, now) })
}

/** "2 of 7 days done." Empty before the first. */
export function describeProgress(words: Words, week: WeekView): string {
  const done = week.days.filter((day) => day.state === 'done').length
  return done === 0 ? '' : words.say('page.days.progress', { done, days: week.days.length })
}

function strip(words: Words, day: WeekDay, here: boolean): Html {
  const name = words.say('page.days.day', {
    day: day.day,
    title: day.title,
    state: words.say(`page.days.${day.state}`),
  })
  const label = html`<span class="dot" aria-hidden="true">${sign(day)}</span><span class="away">${name}</span><span class="day-title" aria-hidden="true">${day.title}</span>`
  const current = here ? html` aria-current="page"` : null
  return html`<li class="is-${day.state}">${
    day.path === null ? html`<span${current}>${label}</span>` : html`<a href="${day.path}"${current}>${label}</a>`
  }</li>\n`
}

function sign(day: WeekDay): string {
  return day.state === 'done' ? '✓' : String(day.day)
}

function describeDay(words: Words, day: WeekDay, week: WeekView, now: number): string {
  if (day.dueAt === null) return words.say(`page.days.${day.state}`)
  if (day.dueAt > now) return words.say('page.days.comes', { when: formatWhen(words, day.dueAt, week.timeZone, now) })
  // After a pause several may be due, but only one is sent per day.
  const isNext = day.day === week.days.find((other) => other.dueAt !== null)?.day
  return words.say(isNext ? 'page.days.comes-soon' : 'page.days.comes-after')
}
