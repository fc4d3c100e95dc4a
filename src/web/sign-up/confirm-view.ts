import type { Course } from '../../core/course/course.ts'
import { formatWhen } from '../../core/delivery/local-time.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { ConfirmationView, Confirmed } from '../../flow/views.ts'
import { dayList, describeNext } from '../page/day-list.ts'
import { html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** A page with one button. Opening it confirms nothing. */
export function confirmPage(words: Words, view: ConfirmationView, token: string): Page {
  const { course, discreet } = view
  if (view.state === 'confirmed') return alreadyPage(words, course, discreet)
  const b = (text: string) => html`<b>${text}</b>`
  const lead = discreet
    ? words.say('sign-up.confirm.lead-discreet')
    : marked(words.say('sign-up.confirm.lead', { course: course.title }), { b })
  return page({
    title: words.say('sign-up.confirm.title'),
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${words.say('sign-up.confirm.title')}</h1>
<p>${lead} ${describeBeginning(words, view)}</p>
<p class="consent">${discreet ? null : course.consent.text}</p>
<form method="post" action="${paths.confirm(token)}"><button class="button" type="submit">${words.say('sign-up.confirm.button')}</button></form>
<p class="quiet">${words.say('sign-up.confirm.not-you')}</p>
</div>`,
  })
}

/** In the words of the email that links here (`emails.confirm` in locales/). */
function describeBeginning(words: Words, { resumes, webOnly, discreet }: ConfirmationView): string {
  if (webOnly) return words.say(resumes ? 'sign-up.confirm.web-goes-on' : 'sign-up.confirm.web-opens')
  if (discreet) return words.say(resumes ? 'sign-up.confirm.pages-go-on' : 'sign-up.confirm.page-comes')
  return words.say(resumes ? 'sign-up.confirm.lessons-go-on' : 'sign-up.confirm.lesson-comes')
}

/** The coming days, in the learner's time zone. */
export function confirmedPage(words: Words, view: Confirmed, now: number): Page {
  const { course, discreet, week } = view
  // The button was on an old page: the course has since been stopped or has ended, so nothing starts.
  if (week.state !== 'active') return alreadyPage(words, course, discreet)
  const webOnly = week.days.some((day) => day.path !== null)
  return page({
    title: words.say('sign-up.confirm.done'),
    course,
    discreet,
    main: html`<div class="card">
<h1>${words.say('sign-up.confirm.done')}</h1>
<p>${webOnly && words.say('sign-up.confirm.page-open')} ${describeLessonTimes(words, view, webOnly, now)}</p>
<h2>${words.say('sign-up.confirm.days')}</h2>
${dayList(words, week, now)}
<p class="quiet">${words.say('sign-up.confirm.zone', { zone: week.timeZone })}</p>
</div>`,
  })
}

/** The first lesson is due on confirmation; after a restart, or later, the next one has its own time. */
function describeLessonTimes(words: Words, { begins, week }: Confirmed, webOnly: boolean, now: number): string {
  if (!begins) return describeNext(words, week, now)
  const after = week.days.find((day) => day.day > 1 && day.dueAt !== null)?.dueAt ?? null
  const when = after === null ? null : formatWhen(words, after, week.timeZone, now)
  const next = when === null ? '' : words.say('sign-up.confirm.next', { when })
  return webOnly ? next : `${words.say('sign-up.confirm.first')} ${next}`
}

function alreadyPage(words: Words, course: Course, discreet: boolean): Page {
  return page({
    title: words.say('sign-up.confirm.already'),
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${words.say('sign-up.confirm.already')}</h1>
<p>${words.say('sign-up.confirm.already-body')}</p>
</div>`,
  })
}
