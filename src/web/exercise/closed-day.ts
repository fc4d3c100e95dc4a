import type { ClosedDayView } from '../../flow/views.ts'
import { dayList } from '../page/day-list.ts'
import { formatWhen } from '../page/english-time.ts'
import { html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** A day whose lesson has not been sent yet. */
export function closedDayPage(view: ClosedDayView, now: number): Page {
  const { course, discreet, week } = view
  const day = week.days.find((candidate) => candidate.day === view.day)
  const when = day?.dueAt ?? null
  return page({
    title: 'Not open yet',
    course,
    discreet,
    main: html`<div class="card">
<h1>This day is not open yet</h1>
<p>${
      when === null
        ? 'It opens when its lesson is sent.'
        : when <= now
          ? 'It opens in a moment. Look again in a minute.'
          : `It opens ${formatWhen(when, week.timeZone, now)}, when its lesson is sent.`
    }</p>
${dayList(week, now)}
</div>`,
  })
}
