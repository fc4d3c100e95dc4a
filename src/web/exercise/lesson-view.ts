import type { Exercise } from '../../core/course/course.ts'
import { startPath } from '../../core/course/public-pages.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { LessonView } from '../../flow/views.ts'
import { dayStrip, describeNext, describeProgress } from '../page/day-list.ts'
import { type Html, html, marked } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { askSection } from '../question/ask-form.ts'
import { checkInPart } from './check-in-view.ts'
import { exerciseSection } from './exercise-view.ts'
import { earlierAnswers } from './fields/exercise-fields.ts'
import type { LessonPageContext } from './lesson-page-context.ts'
import { type LessonTextContext, lessonText } from './lesson-text.ts'
import { reminderOffer } from './reminder-offer.ts'
import type { Notice } from './save-notice.ts'

export function lessonPage(view: LessonView, notice: Notice, place: LessonPageContext, now: number): Page {
  const { course, discreet, lesson, week, checkIn } = view
  const { words } = place
  const { day, title, minutes } = lesson
  const reader: LessonTextContext = {
    words,
    variant: view.variant,
    name: view.name,
    timeZone: week.timeZone,
    now,
  }
  return page({
    isError: Object.keys(notice.errors).length > 0,
    title: checkIn === null ? words.say('exercise.lesson.title', { day, title }) : title,
    course,
    discreet,
    scripts: [
      'draft.js',
      'exercise.js',
      ...(discreet ? [] : ['read-before.js']),
      ...(place.ask === null ? [] : ['help-lines.js']),
    ],
    libraryForm: place.libraryForm,
    footerLinks: [
      ...(place.ways.start === null
        ? []
        : [{ href: startPath(view.token), label: words.say('exercise.lesson.start') }]),
      { href: paths.settings(view.token), label: words.say('exercise.lesson.settings') },
      { href: paths.stop(view.stopToken), label: words.say('exercise.lesson.stop') },
    ],
    main: html`${dayStrip(words, week, checkIn === null ? day : null, now)}
<div class="day-head">
<p class="kicker">${checkIn === null ? words.say('exercise.lesson.day-of', { day, days: course.lessons.length, minutes }) : words.say('exercise.lesson.check-in-of', { week: checkIn.week, weeks: checkIn.weeks, minutes })}</p>
<h1>${title}</h1>
${lesson.goal !== '' && html`<p class="lead">${lesson.goal}</p>`}
<p class="quiet">${describeProgress(words, week)} ${describeNext(words, week, now)}</p>
<p class="quiet">${marked(words.say('exercise.lesson.straight-to-exercise'), { link: (text) => html`<a href="#exercise">${text}</a>` })}</p>
</div>
${view.offersRecheck && html`<p class="notice">${marked(words.say('exercise.lesson.recheck'), { link: (text) => html`<a href="${startPath(view.token)}">${text}</a>` })}</p>`}
${place.startHere !== null && startCard(words, place.startHere, startPath(view.token))}
<div class="reading">
<article class="prose lesson" id="text" tabindex="-1">
${lessonText(lesson.body, reader, { after: false })}
</article>
${toExercise(words, lesson.exercise)}
</div>
${exerciseSection(view, notice, place, now)}
${earlierPart(words, view)}
${afterwards(view, place, reader)}
${checkInPart(view, place)}
${place.ask !== null && askSection(place.ask, 'day')}
${reminderOffer(words, view)}
<form class="close-notes" method="post" action="${paths.endSession()}"><p class="quiet">${marked(words.say('exercise.lesson.hide'), { button: (text) => html`<button class="text-button" type="submit">${text}</button>` })}</p></form>`,
  })
}

/** The same words for everybody, whatever was answered before. */
export function startCard(
  words: Words,
  { title, minutes }: { readonly title: string; readonly minutes: number },
  path: string,
): Html {
  const following = words.locale.startsWith('en') ? title.toLowerCase() : title
  return html`<aside class="card soft start-card" aria-labelledby="start-here">
<h2 id="start-here">${words.say('exercise.lesson.first', { title: following })}</h2>
<p>${words.say('exercise.lesson.first-body', { minutes })}</p>
<p class="hero-go"><a class="button button-secondary" href="${path}">${title}</a></p>
</aside>`
}

/** Stays in view while the lesson is read, and rests at its end. */
export function toExercise(words: Words, { title, minutes }: Exercise): Html {
  const away = (text: string) => html`<span class="away">${text}</span>`
  return html`<p class="to-exercise"><a href="#exercise">${marked(words.say('exercise.lesson.to-exercise', { title, minutes }), { away })}</a></p>`
}

/** Below the exercise: the end of the lesson, and a link for further reading. */
function afterwards(
  { lesson }: LessonView,
  { words, readOn, libraryForm }: LessonPageContext,
  reader: LessonTextContext,
): Html | null {
  const hasMore = lesson.body.some(({ after }) => after)
  if (!hasMore && readOn === null) return null
  return html`<div class="prose lesson afterwards">
${readOn !== null && furtherReading(words, readOn, libraryForm)}
${hasMore && lessonText(lesson.body, reader, { after: true })}
</div>`
}

function furtherReading(
  words: Words,
  { piece, title, path }: NonNullable<LessonPageContext['readOn']>,
  form: string | null,
): Html {
  const sentence = words.say('exercise.lesson.read-on', { title })
  const link = (text: string) => html`<a href="${path}" data-after-save>${text}</a>`
  if (form === null) return html`<p class="read-on">${marked(sentence, { link })}</p>`
  const button = (text: string) => html`<button class="text-button" type="submit">${text}</button>`
  return html`<form class="read-on" method="post" action="${form}" data-after-save><input type="hidden" name="piece" value="${piece}"><p>${marked(sentence, { link: button })}</p></form>`
}

/** Answers from before the author changed the exercise. They stay readable, but are no longer part of the form. */
function earlierPart(words: Words, view: LessonView): Html | null {
  const notes = earlierAnswers(words, view)
  if (notes.length === 0) return null
  return html`<section class="card soft earlier" id="earlier" aria-labelledby="earlier-title">
<h2 id="earlier-title">${words.say('exercise.earlier.heading')}</h2>
<p class="quiet">${words.say('exercise.earlier.body')}</p>
${notes.map(({ label, lines }) => html`<div class="written"><h3>${label}</h3>\n${lines.map((line) => html`<p>${line}</p>\n`)}</div>\n`)}
</section>`
}
