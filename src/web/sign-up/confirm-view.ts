import { formatWhen } from '../../core/delivery/local-time.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { CoursesView } from '../../flow/learner/view-courses.ts'
import type { ConfirmationView, Confirmed } from '../../flow/views.ts'
import { coursesPage } from '../page/courses-page.ts'
import { dayList, describeNext } from '../page/day-list.ts'
import { html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { recoveryCodeCard } from '../page/recovery-code.ts'

/** A page with one button. Opening it confirms nothing. */
export function confirmPage(words: Words, view: ConfirmationView, token: string): Page {
  const { course, discreet } = view
  if (view.former !== null) return choicePage(words, view, token)
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

const b = (text: string) => html`<b>${text}</b>`

/** For whoever took the course before: their days, to go on where they stopped, or to start anew. */
function choicePage(words: Words, { course, discreet, former, webOnly }: ConfirmationView, token: string): Page {
  const lead = discreet
    ? words.say('learner.choose-body-discreet')
    : marked(words.say('learner.choose-body', { course: course.title }), { b })
  const choice = (action: string, label: string, what: string, isFirst: boolean) =>
    html`<form method="post" action="${action}"><p><button class="button${isFirst ? '' : ' button-secondary'}" type="submit">${label}</button><br><span class="quiet">${what}</span></p></form>\n`
  return page({
    title: words.say('learner.choose-title'),
    course,
    discreet,
    main: html`<div class="card centre">
<h1>${words.say('learner.choose-title')}</h1>
<p>${lead}</p>
${former === 'stopped' && choice(paths.confirm(token), words.say('learner.resume'), words.say(webOnly ? 'learner.choose-resume-web' : 'learner.choose-resume-what'), true)}
${!webOnly && choice(paths.confirmDays(token), words.say('learner.choose-days'), words.say('learner.choose-days-what'), former !== 'stopped')}
${choice(paths.confirmAnew(token), words.say('learner.choose-anew'), words.say('learner.choose-anew-what'), false)}
<p class="consent">${discreet ? null : course.consent.text}</p>
<p class="quiet">${words.say('sign-up.confirm.not-you')}</p>
</div>`,
  })
}

/** In the words of the email that links here (`emails.confirm` in locales/). */
function describeBeginning(words: Words, { webOnly, discreet }: ConfirmationView): string {
  if (webOnly) return words.say('sign-up.confirm.web-opens')
  return words.say(discreet ? 'sign-up.confirm.page-comes' : 'sign-up.confirm.lesson-comes')
}

/** Behind a confirmation link that was used: the days, or where to type a recovery code. */
export function usedConfirmationPage(
  words: Words,
  view: Pick<ConfirmationView, 'course' | 'discreet'>,
  courses: CoursesView | null,
  now: number,
): Page {
  if (courses !== null) return coursesPage(words, courses, now, false)
  const title = words.say('learner.used-title')
  return page({
    title,
    course: view.course,
    discreet: view.discreet,
    main: html`<div class="card centre">
<h1>${title}</h1>
<p>${words.say('learner.used-code')}</p>
<p><a class="button button-secondary" href="${paths.lostLink()}">${words.say('learner.code')}</a></p>
</div>`,
  })
}

/** The coming days, in the learner's time zone. */
export function confirmedPage(words: Words, view: Confirmed, now: number): Page {
  const { course, discreet, week } = view
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
</div>
${view.recoveryCode !== null && recoveryCodeCard(words, view.recoveryCode)}`,
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
