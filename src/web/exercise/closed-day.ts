import { formatWhen } from '../../core/delivery/local-time.ts'
import type { Words } from '../../core/words.ts'
import type { ClosedDayView } from '../../flow/views.ts'
import { dayList } from '../page/day-list.ts'
import { html } from '../page/html.ts'
import { libraryFormOf } from '../page/library-form.ts'
import { type Page, page } from '../page/page.ts'

/** A day whose lesson has not been sent yet. */
export function closedDayPage(words: Words, view: ClosedDayView, now: number, token: string): Page {
  const { course, discreet, week } = view
  const day = week.days.find((candidate) => candidate.day === view.day)
  const when = day?.dueAt ?? null
  return page({
    title: words.say('exercise.closed.title'),
    course,
    discreet,
    libraryForm: libraryFormOf(course, token),
    main: html`<div class="card">
<h1>${words.say('exercise.closed.heading')}</h1>
<p>${
      when === null
        ? words.say('exercise.closed.when-sent')
        : when <= now
          ? words.say('exercise.closed.soon')
          : words.say('exercise.closed.opens', { when: formatWhen(words, when, week.timeZone, now) })
    }</p>
${dayList(words, week, now)}
</div>`,
  })
}
