import type { Course, Lesson } from '../../core/course/course.ts'
import { COMMON_VARIANT } from '../../core/model.ts'
import { paths } from '../../core/paths.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { exerciseWords } from './exercise-words.ts'
import { exerciseFields } from './fields/exercise-fields.ts'
import { fieldView } from './fields/field-view.ts'
import { lessonText } from './lesson-text.ts'
import { startCard, toExercise } from './lesson-view.ts'

const markdown = createMarkdown()

/** The first lesson in the common form, for people who have not signed up. `start`: the self-assessment, if it begins with one. */
export function firstLessonPage(
  words: Words,
  course: Course,
  lesson: Lesson,
  { now, start }: { now: number; start: { title: string; minutes: number; path: string } | null },
): Page {
  const reader = { words, variant: COMMON_VARIANT, name: '', timeZone: 'UTC', now }
  return page({
    title: words.say('exercise.lesson.title', { day: lesson.day, title: lesson.title }),
    course,
    scripts: ['exercise.js'],
    main: html`<div class="day-head">
<p class="kicker">${words.say('exercise.lesson.day-of', { day: lesson.day, days: course.lessons.length, minutes: lesson.minutes })}</p>
<h1>${lesson.title}</h1>
${lesson.goal !== '' && html`<p class="lead">${lesson.goal}</p>`}
</div>
<p class="notice">${words.say('exercise.first-lesson.notice')}</p>
${start !== null && startCard(words, start, start.path)}
<div class="reading">
<article class="prose lesson">
${lessonText(lesson.body, reader, { after: false })}
</article>
${toExercise(words, lesson.exercise)}
</div>
${exerciseToTry(words, lesson)}
<section class="card soft afterwards" aria-labelledby="join-title">
<h2 id="join-title">${words.say('exercise.first-lesson.next')}</h2>
<p>${course.price} ${course.stop}</p>
<p><a class="button" href="${paths.course(course.name)}#join">${words.say('exercise.first-lesson.join', { course: course.title })}</a></p>
</section>`,
  })
}

/** Not a form: without one, no browser can send what is typed, not even into the address. */
function exerciseToTry(words: Words, lesson: Lesson): Html {
  const { title, intro, minutes } = lesson.exercise
  const fields = exerciseFields(words, { lesson, variant: COMMON_VARIANT, mayShare: false })
  return html`<section class="card exercise" id="exercise" aria-labelledby="exercise-title">
<p class="kicker">${words.say('exercise.kicker', { minutes })}</p>
<h2 id="exercise-title">${title}</h2>
<div class="intro">${raw(markdown.toHtml(intro))}</div>
<div class="fields" id="answers"${exerciseWords(words)}>
${fields.map((field) =>
  fieldView(field, {
    words,
    state: undefined,
    earlier: {},
    missing: false,
    error: undefined,
    typed: undefined,
    toHtml: (text) => markdown.toHtml(text),
    mark: () => '',
  }),
)}
</div>
<p class="quiet">${words.say('exercise.first-lesson.as-learner')}</p>
</section>`
}
