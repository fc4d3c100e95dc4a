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
  sentences: { readonly nothing: string; readonly before: string },
): Page {
  const { words } = reader
  const care = result.pages.flatMap((name) => reader.resources.pages.find((one) => one.name === name) ?? [])
  return page({
    title: words.say('assessment.outcome.thanks'),
    course,
    discreet,
    scripts: ['help-lines.js'],
    main: html`<div class="outcome">
<h1>${words.say('assessment.outcome.thanks')}</h1>
${sentences.before !== '' && html`<p class="lead">${sentences.before}</p>`}
${care.map((one) => html`<article class="card prose route"><h2>${one.title}</h2>\n${careText(one, reader)}\n</article>\n`)}
${result.insights.length > 0 && html`<ul class="insights">${result.insights.map((text) => html`<li>${text}</li>\n`)}</ul>`}
${care.length === 0 && result.insights.length === 0 && html`<p>${sentences.nothing}</p>`}
<p class="quiet">${words.say('assessment.outcome.not-stored')}</p>
<p><a class="button button-secondary" href="${paths.lesson(token)}">${words.say('assessment.outcome.back')}</a></p>
</div>`,
  })
}
