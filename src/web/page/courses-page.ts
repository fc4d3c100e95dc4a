import { formatDate } from '../../core/delivery/local-time.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { CoursesView, CourseTaken } from '../../flow/learner/view-courses.ts'
import { dayList, describeNext, describeProgress } from './day-list.ts'
import { type Html, html, marked } from './html.ts'
import { type Page, page } from './page.ts'

/** The learner's courses and their days, as lesson links show them. `isOwn`: with a button that ends the session. */
export function coursesPage(words: Words, view: CoursesView, now: number, isOwn: boolean): Page {
  const button = (text: string) => html`<button class="text-button" type="submit">${text}</button>`
  return page({
    title: words.say('learner.title'),
    course: view.course,
    discreet: view.discreet,
    main: html`<h1>${words.say('learner.title')}</h1>
${coursesTaken(words, view, now)}
${isOwn && html`<form method="post" action="${paths.endSession()}"><p class="quiet">${marked(words.say('learner.hide'), { button })}</p></form>`}`,
  })
}

/** In discreet mode, no title and no address says what it is about. */
function coursesTaken(words: Words, view: CoursesView, now: number): Html {
  return html`${view.taken.map((taken, index) => courseCard(words, taken, index, view.discreet, now))}`
}

function courseCard(words: Words, taken: CourseTaken, index: number, discreet: boolean, now: number): Html {
  const { course, enrolment, isLatest, stopToken, token } = taken
  const { state } = enrolment
  const date = formatDate(words, enrolment.confirmedAt, enrolment.timeZone)
  const title = discreet ? course.discreet.title : course.title
  const isRunning = state === 'active' || state === 'paused'
  const week = taken.week === null || !discreet ? taken.week : withNeutralTitles(words, taken.week)
  return html`<section class="card" aria-labelledby="course-${index}">
<h2 id="course-${index}">${title}</h2>
<p class="quiet">${words.say(isLatest ? 'learner.began' : 'learner.earlier', { date })}</p>
<p>${state === 'finished' && words.say('learner.finished')} ${week !== null && describeProgress(words, week)} ${week !== null && describeNext(words, week, now)}</p>
${
  week === null
    ? html`<p><a class="button" href="${paths.lesson(token)}">${words.say('learner.open-page')}</a></p>`
    : html`${openButton(words, week)}
<details class="all-days"><summary>${words.say('learner.days')}</summary>
${dayList(words, week, now)}
</details>`
}
${state === 'finished' && html`<p><a href="${paths.finished(token)}">${words.say('finished.link')}</a></p>`}
${state === 'stopped' && isLatest && html`<form method="post" action="${paths.restart(stopToken)}"><p><button class="button button-secondary" type="submit">${words.say('learner.resume')}</button></p></form>`}
${!isRunning && isLatest && html`<p class="quiet">${marked(words.say('learner.anew'), { link: (text) => html`<a href="${discreet ? paths.home() : paths.course(course.name)}">${text}</a>` })}</p>`}
<p class="quiet"><a href="${paths.settings(token)}">${words.say('learner.settings')}</a>${isRunning && html` · <a href="${paths.stop(stopToken)}">${words.say('learner.stop')}</a>`}</p>
</section>\n`
}

/** The last day that is open. */
function openButton(words: Words, week: NonNullable<CourseTaken['week']>): Html | null {
  const last = week.days.findLast(({ path }) => path !== null)
  if (last === undefined || last.path === null) return null
  return html`<p><a class="button" href="${last.path}">${words.say('learner.go-on', { day: last.day })}</a></p>`
}

function withNeutralTitles(words: Words, week: NonNullable<CourseTaken['week']>): NonNullable<CourseTaken['week']> {
  return { ...week, days: week.days.map((day) => ({ ...day, title: words.say('learner.day', { day: day.day }) })) }
}
