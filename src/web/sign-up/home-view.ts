import type { Course } from '../../core/course/course.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { Words } from '../../core/words.ts'
import { type Html, html, marked, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'
import { exitNote, hasQuickExit } from '../page/quick-exit-site.ts'
import type { CourseLinks } from './course-links.ts'
import { lessonGlimpse } from './lesson-glimpse.ts'
import { type SignUpForm, signUpForm } from './sign-up-form.ts'

const markdown = createMarkdown()

/** What a learner gains, and the form, in the first screen; then what the course is, for whom, and how to stop. */
export function homePage(words: Words, course: Course, form: SignUpForm, links: CourseLinks): Page {
  const headline = course.headline || course.title
  return page({
    title: course.title,
    isError: Object.keys(form.faults).length > 0,
    course,
    scripts: ['sign-up.js'],
    linkPreview: course.linkPreview
      ? { title: `${course.title}: ${headline}`, description: course.tagline, url: links.address }
      : null,
    main: html`<div class="home">
<div class="hero">
<h1>${headline}</h1>
<p class="lead">${course.tagline}</p>
</div>
${signUpForm(words, course, form)}
<div class="beside">
${credits(words, course)}
${lessonGlimpse(words, course)}
</div>
</div>
<div class="columns">
<div class="side">
${startCard(words, links)}
<aside class="card soft" aria-labelledby="keep-private">
<h2 id="keep-private">${words.say('sign-up.home.private')}</h2>
<ul>${course.privateAdvice.map((line) => html`<li>${line}</li>\n`)}${hasQuickExit(course) && html`<li>${exitNote(words)}</li>`}</ul>
</aside>
</div>
<div class="prose">
<h2>${words.say('sign-up.home.what')}</h2>
<ul class="plain-list">${course.what.map((line) => html`<li>${line}</li>\n`)}</ul>
<h2>${words.say('sign-up.home.for-whom')}</h2>
<ul class="plain-list">${course.forWhom.map((line) => html`<li>${line}</li>\n`)}</ul>
<p class="promise">${course.promise}</p>
<h2>${words.say('sign-up.home.days')}</h2>
<ol class="outline">${course.lessons.map(
      (lesson) => html`<li><b>${lesson.title}</b> <span class="quiet">${lesson.goal}</span></li>\n`,
    )}</ol>
<h2>${words.say('sign-up.home.cost')}</h2>
<p>${course.price} ${course.stop}</p>
</div>
</div>
<div class="small-print">${raw(markdown.toHtml(course.disclaimer))}${moreLinks(words, links)}</div>`,
  })
}

/** Only what the course says of itself; a course that names nobody shows nothing. */
function credits(words: Words, { writtenBy, reviewedBy }: Course): Html | null {
  const b = (text: string) => html`<b>${text}</b>`
  if (writtenBy === '' && reviewedBy === '') return null
  return html`<ul class="credits">
${writtenBy !== '' && html`<li>${marked(words.say('sign-up.home.written-by', { name: writtenBy }), { b })}</li>`}
${reviewedBy !== '' && html`<li>${marked(words.say('sign-up.home.reviewed-by', { name: reviewedBy }), { b })}</li>`}
</ul>`
}

function moreLinks(words: Words, { ways: { help, library } }: CourseLinks): Html | null {
  if (help === null && library === null) return null
  return html`<p>${help !== null && html`<a href="${help}">${words.say('sign-up.home.help')}</a>`}${help !== null && library !== null && ' · '}${
    library !== null && html`<a href="${library}">${words.say('sign-up.home.library')}</a>`
  }</p>`
}

/** The discreet entrance is shown next to the other, because people who need it need it from the first page. */
function startCard(words: Words, { start }: CourseLinks): Html | null {
  if (start === null) return null
  return html`<aside class="card soft start-card" aria-labelledby="start-here">
<h2 id="start-here">${start.title}</h2>
<p>${words.say('sign-up.home.start', { minutes: start.minutes })}</p>
<p class="hero-go"><a class="button button-secondary" href="${start.path}">${start.title}</a> <a href="${start.plainPath}">${words.say('sign-up.home.start-plain')}</a></p>
</aside>`
}
