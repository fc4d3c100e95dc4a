import { paths } from '../../core/paths.ts'
import type { Words } from '../../core/words.ts'
import type { ClosingView } from '../../flow/views.ts'
import { dayList } from '../page/day-list.ts'
import { html } from '../page/html.ts'
import { libraryFormOf } from '../page/library-form.ts'
import { type Page, page } from '../page/page.ts'
import { lessonText } from './lesson-text.ts'

/** After the last day: the closing words, and links back to every day. */
export function closingPage(words: Words, view: ClosingView, now: number, token: string): Page {
  const { course, closing, discreet, week } = view
  return page({
    title: closing.title,
    course,
    discreet,
    libraryForm: libraryFormOf(course, token),
    footerLinks: [{ href: paths.stop(view.stopToken), label: words.say('exercise.closing.stop') }],
    main: html`<h1>${closing.title}</h1>
<article class="prose lesson">
${lessonText(closing.body, { words, variant: view.variant, name: view.name, timeZone: week.timeZone, now })}
</article>
<p><a class="button" href="${paths.finished(view.token)}">${words.say('finished.link')}</a></p>
<section class="card" aria-labelledby="your-days">
<h2 id="your-days">${words.say('exercise.closing.days')}</h2>
<p class="quiet">${words.say('exercise.closing.open')}</p>
${dayList(words, week, now)}
</section>`,
  })
}
