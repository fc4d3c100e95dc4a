import { paths } from '../../core/paths.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { Words } from '../../core/words.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import { html, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

const markdown = createMarkdown()

/** A sheet for two people, laid out for print. It contains nothing that anybody wrote. */
export function sheetPage(words: Words, { course, enrolment, token }: LessonVisit, sheet: string): Page {
  return page({
    title: words.say('writing.sheet.title'),
    course,
    discreet: enrolment.discreet,
    scripts: ['print.js'],
    main: html`<article class="prose notes">
<h1>${words.say('writing.sheet.title')}</h1>
<div class="no-print">
<p class="notice notice-look">${words.say('writing.sheet.safe')}</p>
<p><button class="button" type="button" data-print-now hidden>${words.say('writing.print')}</button> <a class="text-button" href="${paths.lesson(token)}#exercise">${words.say('writing.back')}</a></p>
<noscript><p class="quiet">${words.say('writing.print-menu')}</p></noscript>
</div>
${raw(markdown.toHtml(sheet))}
</article>`,
  })
}
