import type { Course, Lesson } from '../../core/course/course.ts'
import { blocksFor } from '../../core/course/variant.ts'
import { COMMON_VARIANT } from '../../core/model.ts'
import { paths } from '../../core/paths.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import { fillPlaceholdersInHtml } from '../../core/text/placeholders.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html, raw } from '../page/html.ts'

const markdown = createMarkdown()

/** Enough to fill the picture; the rest fades out. */
const PARAGRAPHS = 4

/** A picture of the first lesson's page, made of its own words, so that it never shows an old version. */
export function lessonGlimpse(words: Words, course: Course): Html | null {
  const [lesson] = course.lessons
  if (lesson === undefined) return null
  const { title, minutes, exercise } = lesson
  return html`<figure class="glimpse">
<div class="glimpse-page" aria-hidden="true">
<p class="kicker">${words.say('emails.lesson.day-of', { day: 1, days: course.lessons.length })}</p>
<p class="glimpse-title">${title}</p>
<div class="glimpse-text">${openingOf(lesson)}</div>
<p class="glimpse-exercise">${exercise.title}</p>
<p class="glimpse-scale">${Array.from({ length: 11 }, (_, value) => html`<span>${value}</span>`)}</p>
</div>
<figcaption>${words.say('sign-up.home.first-lesson', { title, minutes, exercise: exercise.minutes })}
${course.showsFirstLesson && html`<a class="button button-secondary" href="${paths.firstLesson(course.name)}">${words.say('sign-up.home.read-first')}</a>`}</figcaption>
</figure>`
}

function openingOf(lesson: Lesson): Html {
  const blocks = blocksFor(lesson.body, COMMON_VARIANT, { page: true, after: false })
  const paragraphs = blocks.flatMap(({ text }) => text.markdown.split(/\n{2,}/)).slice(0, PARAGRAPHS)
  // Links are taken out, because nothing in a picture can be focused.
  const text = markdown.toHtml(paragraphs.join('\n\n')).replace(/<\/?a\b[^>]*>/g, '')
  return raw(fillPlaceholdersInHtml(text, { name: '', weekday: '' }))
}
