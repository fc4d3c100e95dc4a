import type { Effort } from '../../core/course/course.ts'
import type { Field } from '../../core/course/fields/field-types.ts'
import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { LessonView } from '../../flow/views.ts'
import { describeNext } from '../page/day-list.ts'
import { summaryOf } from '../page/error-summary.ts'
import { type Html, html, marked } from '../page/html.ts'

/** The result of the last save: the form it was made with, and the fields that this form still requires. */
export interface Notice {
  readonly saved: Effort | 'text' | null
  readonly missing: readonly string[]
  /** Maps the id of an invalid field to a sentence; `typed` holds what was submitted for it. */
  readonly errors: Readonly<Record<string, string>>
  readonly typed: Readonly<Record<string, string>>
}

/** The result of the last save, placed where keyboard and screen reader users land. */
export function saveNotice(
  words: Words,
  view: LessonView,
  notice: Notice,
  fields: readonly Field[],
  missing: ReadonlySet<string>,
  now: number,
): Html | null {
  const refused = fields.filter((field) => notice.errors[field.id] !== undefined)
  if (refused.length > 0) {
    return html`<div id="saved">${summaryOf(
      words,
      refused.map(({ id, label }) => ({ id: `f-${id}`, text: `${label}: ${notice.errors[id] ?? ''}` })),
      words.say('exercise.saved.rest'),
    )}</div>`
  }
  if (missing.size > 0 && notice.saved !== null && notice.saved !== 'text') {
    return html`<div class="notice notice-look" id="saved" role="alert" tabindex="-1">
<p>${marked(words.say(`exercise.saved.open.${notice.saved}`), { b: bold })}</p>
<ul>${fields.filter((field) => missing.has(field.id)).map((field) => html`<li><a href="#field-${field.id}">${field.label}</a></li>`)}</ul>
<p>${words.say(notice.saved === 'full' ? 'exercise.saved.no-hurry-full' : 'exercise.saved.no-hurry-small')}</p>
</div>`
  }
  if (notice.saved === 'text') {
    return html`<p class="notice" id="saved" role="status" tabindex="-1">${marked(words.say('exercise.saved.text'), { b: bold })}</p>`
  }
  if (view.effort === null) return html`<span id="saved"></span>`
  return html`<div class="done" id="saved" role="status" tabindex="-1">
<svg class="done-mark" viewBox="0 0 24 24" aria-hidden="true"><path d="m5 12.5 4.5 4.5L19 7.5"/></svg>
<p class="done-title">${view.checkIn === null ? words.say('exercise.done.day', { day: view.lesson.day }) : words.say('exercise.done.check-in')}</p>
<p>${words.say(`exercise.done.${view.effort}`)}</p>
<p class="done-next">${describeNext(words, view.week, now)}</p>
${view.mayOpenNext && nextLessonForm(words, view)}
${isLastLesson(view) && html`<p><a class="button button-secondary" href="${paths.finished(view.token)}">${words.say('finished.link')}</a></p>`}
</div>`
}

function isLastLesson({ lesson, checkIn, course }: LessonView): boolean {
  return checkIn === null && lesson.day === course.lessons.length
}

/** Outside the form of the exercise. */
function nextLessonForm(words: Words, { token }: LessonView): Html {
  return html`<form method="post" action="${paths.nextLesson(token)}"><button class="button button-secondary" type="submit">${words.say('next-now.button')}</button> <span class="quiet">${words.say('next-now.hint')}</span></form>`
}

function bold(text: string): Html {
  return html`<b>${text}</b>`
}
