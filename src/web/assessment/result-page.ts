import type { CourseResources } from '../../core/course/parse/parse-resources.ts'
import { paths } from '../../core/paths.ts'
import type { RecheckResult } from '../../flow/views.ts'
import { type CarePageContext, careText } from '../care/care-page.ts'
import { html } from '../page/html.ts'
import { type Page, page } from '../page/page.ts'

/** The result of answering again: the pages of every route, then the insights. Never shows the answers. */
export function resultPage(
  { course, discreet, token, result }: RecheckResult,
  reader: CarePageContext & { readonly resources: CourseResources },
  words: { readonly nothing: string; readonly before: string },
): Page {
  const care = result.pages.flatMap((name) => reader.resources.pages.find((one) => one.name === name) ?? [])
  return page({
    title: 'Thank you',
    course,
    discreet,
    scripts: ['help-lines.js'],
    main: html`<div class="outcome">
<h1>Thank you</h1>
${words.before !== '' && html`<p class="lead">${words.before}</p>`}
${care.map((one) => html`<article class="card prose route"><h2>${one.title}</h2>\n${careText(one, reader)}\n</article>\n`)}
${result.insights.length > 0 && html`<ul class="insights">${result.insights.map((text) => html`<li>${text}</li>\n`)}</ul>`}
${care.length === 0 && result.insights.length === 0 && html`<p>${words.nothing}</p>`}
<p class="quiet">Your answers are not stored.</p>
<p><a class="button button-secondary" href="${paths.lesson(token)}">Back to your page</a></p>
</div>`,
  })
}
