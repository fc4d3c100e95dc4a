import { paths } from '../../core/paths.ts'
import { createMarkdown } from '../../core/text/markdown.ts'
import type { LessonVisit } from '../../flow/enrolment/viewer.ts'
import { html, raw } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

const markdown = createMarkdown()

/** A sheet for two people, laid out for print. It contains nothing that anybody wrote. */
export function sheetPage({ course, enrolment, token }: LessonVisit, sheet: string): Page {
  return page({
    title: 'A sheet for two',
    course,
    discreet: enrolment.discreet,
    scripts: ['print.js'],
    main: html`<article class="prose notes">
<h1>A sheet for two</h1>
<div class="no-print">
<p class="notice notice-look">Only if you both want to, and only where it is safe to speak freely. It works for neither of you when one is made to. You can stop at any point.</p>
<p><button class="button" type="button" data-print-now hidden>Print</button> <a class="text-button" href="${paths.lesson(token)}#exercise">Back</a></p>
<noscript><p class="quiet">Your browser's menu prints this page.</p></noscript>
</div>
${raw(markdown.toHtml(sheet))}
</article>`,
  })
}
