import type { Course } from '../../core/course/course.ts'
import { paths } from '../../core/paths.ts'
import type { ConfirmationView, Confirmed } from '../../flow/views.ts'
import { dayList, describeNext } from '../page/day-list.ts'
import { formatWhen } from '../page/english-time.ts'
import { html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** A page with one button. Opening it confirms nothing. */
export function confirmPage(view: ConfirmationView, token: string): Page {
  const { course, discreet } = view
  if (view.state === 'confirmed') return alreadyPage(course, discreet)
  return page({
    title: 'One tap to start',
    course,
    discreet,
    main: html`<div class="card centre">
<h1>One tap to start</h1>
<p>${discreet ? `Tap the button. ${describeBeginning(view, 'page')}` : html`Tap the button to join <b>${course.title}</b>. ${describeBeginning(view, 'lesson')}`}</p>
<p class="consent">${discreet ? null : course.consent.text}</p>
<form method="post" action="${paths.confirm(token)}"><button class="button" type="submit">Yes, start</button></form>
<p class="quiet">Not you? Close this page. Nothing starts unless you tap the button.</p>
</div>`,
  })
}

/** In the words of the email that links here (`emails.confirm` in locales/). */
function describeBeginning({ resumes, webOnly }: ConfirmationView, what: 'page' | 'lesson'): string {
  if (webOnly) return resumes ? 'The pages go on where they stopped.' : 'The first page opens at once.'
  return resumes
    ? `The ${what}s go on where they stopped, at the hour you chose.`
    : `The first ${what} comes in a few minutes.`
}

/** The coming days, in the learner's time zone. */
export function confirmedPage(view: Confirmed, now: number): Page {
  const { course, discreet, week } = view
  // The button was on an old page: the course has since been stopped or has ended, so nothing starts.
  if (week.state !== 'active') return alreadyPage(course, discreet)
  const webOnly = week.days.some((day) => day.path !== null)
  return page({
    title: "You're signed up",
    course,
    discreet,
    main: html`<div class="card">
<h1>You're signed up</h1>
<p>${webOnly && 'Your page is open. Keep its address somewhere only you look. '}${describeLessonTimes(view, webOnly, now)}</p>
<h2>Your days</h2>
${dayList(week, now)}
<p class="quiet">Times are for ${week.timeZone}. Every lesson page lets you change the hour.</p>
</div>`,
  })
}

/** The first lesson is due on confirmation; after a restart, or later, the next one has its own time. */
function describeLessonTimes({ begins, week }: Confirmed, webOnly: boolean, now: number): string {
  if (!begins) return describeNext(week, now)
  const after = week.days.find((day) => day.day > 1 && day.dueAt !== null)?.dueAt ?? null
  const next = after === null ? '' : ` The next one comes ${formatWhen(after, week.timeZone, now)}.`
  return webOnly ? next.trim() : `The first lesson comes to your inbox in a few minutes.${next}`
}

function alreadyPage(course: Course, discreet: boolean): Page {
  return page({
    title: 'Already confirmed',
    course,
    discreet,
    main: html`<div class="card centre">
<h1>Already confirmed</h1>
<p>You have joined with this link before, so there is nothing left to do. Open each lesson from its email.</p>
</div>`,
  })
}
