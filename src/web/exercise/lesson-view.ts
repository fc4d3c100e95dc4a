import type { Exercise } from '../../core/course/course.ts'
import { startPath } from '../../core/course/public-pages.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { LessonView } from '../../flow/views.ts'
import { dayStrip, describeNext, describeProgress } from '../page/day-list.ts'
import { type Html, html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { checkInPart } from './check-in-view.ts'
import { exerciseSection } from './exercise-view.ts'
import { earlierAnswers } from './fields/exercise-fields.ts'
import type { LessonPageContext } from './lesson-page-context.ts'
import { type LessonTextContext, lessonText } from './lesson-text.ts'
import type { Notice } from './save-notice.ts'

export function lessonPage(view: LessonView, notice: Notice, place: LessonPageContext, now: number): Page {
  const { course, discreet, lesson, week, checkIn } = view
  const reader: LessonTextContext = {
    words: place.words,
    variant: view.variant,
    name: view.name,
    timeZone: week.timeZone,
    now,
  }
  return page({
    isError: Object.keys(notice.errors).length > 0,
    title: checkIn === null ? `Day ${lesson.day}: ${lesson.title}` : lesson.title,
    course,
    discreet,
    scripts: ['draft.js', 'exercise.js'],
    footerLinks: [
      ...(place.ways.start === null ? [] : [{ href: startPath(view.token), label: 'Your starting point' }]),
      { href: paths.settings(view.token), label: 'Settings' },
      { href: paths.stop(view.stopToken), label: 'Stop or delete' },
    ],
    main: html`${dayStrip(place.words, week, checkIn === null ? lesson.day : null, now)}
<div class="day-head">
<p class="kicker">${checkIn === null ? `Day ${lesson.day} of ${course.lessons.length}` : `Check-in ${checkIn.week} of ${checkIn.weeks}`} · ${lesson.minutes} min to read</p>
<h1>${lesson.title}</h1>
${lesson.goal !== '' && html`<p class="lead">${lesson.goal}</p>`}
<p class="quiet">${describeProgress(place.words, week)} ${describeNext(place.words, week, now)}</p>
</div>
${view.offersRecheck && html`<p class="notice">Things may look different by now. If you like, <a href="${startPath(view.token)}">find your starting point</a> once more.</p>`}
${place.startHere !== null && startCard(place.startHere, startPath(view.token))}
<div class="reading">
<article class="prose lesson">
${lessonText(lesson.body, reader, { after: false })}
</article>
${toExercise(lesson.exercise)}
</div>
${exerciseSection(view, notice, place, now)}
${earlierPart(place.words, view)}
${afterwards(view, place, reader)}
${checkInPart(view, place)}
<form class="close-notes" method="post" action="${paths.endSession()}"><p class="quiet">Someone else uses this device? <button class="text-button" type="submit">Hide my notes on this device</button></p></form>`,
  })
}

/** The same words for everybody, whatever was answered before. */
export function startCard(start: { readonly title: string; readonly minutes: number }, path: string): Html {
  return html`<aside class="card soft start-card" aria-labelledby="start-here">
<h2 id="start-here">First: ${start.title.toLowerCase()}</h2>
<p>About ${start.minutes} minutes, and nothing you tick is stored. It fits the week to you, and it asks first whether this is safe for you. If you have done it already, go straight on.</p>
<p class="hero-go"><a class="button button-secondary" href="${path}">${start.title}</a></p>
</aside>`
}

/** Stays in view while the lesson is read, and rests at its end. */
export function toExercise({ title, minutes }: Exercise): Html {
  return html`<p class="to-exercise"><a href="#exercise">Go to the exercise <span class="away">“${title}”, about ${minutes} min</span></a></p>`
}

/** Below the exercise: the end of the lesson, and a link for further reading. */
function afterwards({ lesson }: LessonView, { readOn }: LessonPageContext, reader: LessonTextContext): Html | null {
  const hasMore = lesson.body.some(({ after }) => after)
  if (!hasMore && readOn === null) return null
  return html`<div class="prose lesson afterwards">
${readOn !== null && html`<p class="read-on">If you would like to read on: <a href="${readOn.path}" data-after-save>${readOn.title}</a></p>`}
${hasMore && lessonText(lesson.body, reader, { after: true })}
</div>`
}

/** Answers from before the author changed the exercise. They stay readable, but are no longer part of the form. */
function earlierPart(words: Words, view: LessonView): Html | null {
  const notes = earlierAnswers(words, view)
  if (notes.length === 0) return null
  return html`<section class="card soft earlier" id="earlier" aria-labelledby="earlier-title">
<h2 id="earlier-title">Earlier answers</h2>
<p class="quiet">This exercise has changed since you wrote these. They stay as they were.</p>
${notes.map(({ label, lines }) => html`<div class="written"><h3>${label}</h3>\n${lines.map((line) => html`<p>${line}</p>\n`)}</div>\n`)}
</section>`
}
