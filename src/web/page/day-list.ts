import type { WeekDay, WeekView } from '../../flow/views.ts'
import { formatWhen } from './english-time.ts'
import { type Html, html } from './html.ts'

const STATES: Readonly<Record<WeekDay['state'], string>> = {
  done: 'done',
  open: 'open',
  coming: 'still to come',
  held: 'on hold',
}

/**
 * The days as a row of circles with their titles; `here` is the current day. Where there is no room for titles, the list
 * that opens below has them.
 */
export function dayStrip(week: WeekView, here: number | null, now: number): Html {
  return html`<nav class="days" aria-label="Days">
<ol>${week.days.map((day) => strip(day, day.day === here))}</ol>
<details class="all-days"><summary>All days</summary>
${dayList(week, now)}
</details>
</nav>`
}

/** Every day with its title and time. */
export function dayList(week: WeekView, now: number): Html {
  return html`<ol class="plan">${week.days.map(
    (day) =>
      html`<li class="is-${day.state}"><span class="dot" aria-hidden="true">${sign(day)}</span><span>${
        day.path === null ? html`<b>${day.title}</b>` : html`<a href="${day.path}">${day.title}</a>`
      } <span class="quiet">${describeDay(day, week, now)}</span></span></li>\n`,
  )}</ol>`
}

/** "The next lesson comes tomorrow, Tuesday, at 07:00." Empty if there is none. */
export function describeNext(week: WeekView, now: number): string {
  if (week.state === 'stopped') return 'The lessons are stopped.'
  if (week.nextAt === null) return ''
  if (week.nextAt <= now) return 'The next lesson comes in a moment.'
  return `The next lesson comes ${formatWhen(week.nextAt, week.timeZone, now)}.`
}

/** "2 of 7 days done." Empty before the first. */
export function describeProgress(week: WeekView): string {
  const done = week.days.filter((day) => day.state === 'done').length
  if (done === 0) return ''
  return `${done} of ${week.days.length} days done.`
}

function strip(day: WeekDay, here: boolean): Html {
  const label = html`<span class="dot" aria-hidden="true">${sign(day)}</span><span class="away">Day ${day.day}: ${day.title}, ${STATES[day.state]}</span><span class="day-title" aria-hidden="true">${day.title}</span>`
  const current = here ? html` aria-current="page"` : null
  return html`<li class="is-${day.state}">${
    day.path === null ? html`<span${current}>${label}</span>` : html`<a href="${day.path}"${current}>${label}</a>`
  }</li>\n`
}

function sign(day: WeekDay): string {
  return day.state === 'done' ? '✓' : String(day.day)
}

function describeDay(day: WeekDay, week: WeekView, now: number): string {
  if (day.dueAt === null) return STATES[day.state]
  // After a pause several may be due, but only one is sent per day.
  if (day.dueAt <= now && day.day !== week.days.find((other) => other.dueAt !== null)?.day) return 'comes after that'
  return day.dueAt <= now ? 'comes in a moment' : `comes ${formatWhen(day.dueAt, week.timeZone, now)}`
}
