import { formatNumber } from '../../../core/delivery/local-time.ts'
import { deskPaths } from '../../../core/desk/desk-paths.ts'
import type { EventSetAside } from '../../../flow/ports/report-ports.ts'
import type { ReportDecision } from '../../../flow/reports/decide-reports.ts'
import { type Html, html } from '../../page/html.ts'
import type { DeskPage } from '../desk-page.ts'
import { deskTable } from '../desk-table.ts'
import type { DeskWords } from '../desk-visit.ts'
import { instant } from '../instant.ts'

export const DECISIONS = ['again', 'drop'] as const satisfies readonly ReportDecision[]

export interface SetAsideView {
  readonly reports: readonly EventSetAside[]
  readonly messages: readonly { readonly reason: string; readonly count: number }[]
  /** What was decided just now, from the query. */
  readonly done: string
}

export function setAsidePage(words: DeskWords, { reports, messages, done }: SetAsideView): DeskPage {
  const decided = DECISIONS.find((one) => one === done)
  return {
    title: words.say('desk.set-aside.title'),
    main: html`<p><a href="${deskPaths.deliveries()}">${words.say('desk.deliveries.title')}</a></p>
<h1>${words.say('desk.set-aside.title')}</h1>
${decided !== undefined && html`<p class="notice" role="status">${words.say(`desk.set-aside.done.${decided}`)}</p>`}
<h2>${words.say('desk.set-aside.reports')}</h2>
<p>${words.say('desk.set-aside.reports-body')}</p>
${reports.length === 0 ? html`<p>${words.say('desk.set-aside.no-reports')}</p>` : html`${reportsTable(words, reports)}\n${decideAll(words)}`}
<h2>${words.say('desk.set-aside.messages')}</h2>
<p>${words.say('desk.set-aside.messages-body')}</p>
${messages.length === 0 ? html`<p>${words.say('desk.set-aside.no-messages')}</p>` : unbuilt(words, messages)}`,
  }
}

function reportsTable(words: DeskWords, reports: readonly EventSetAside[]): Html {
  const column = (key: 'report' | 'source' | 'came' | 'since' | 'act') => words.say(`desk.set-aside.column.${key}`)
  return deskTable(
    words.say('desk.set-aside.reports'),
    [column('report'), column('source'), column('came'), column('since'), column('act')],
    reports.map(({ id, source, receivedAt, setAsideAt }) => [
      id,
      source,
      instant(words, receivedAt),
      instant(words, setAsideAt),
      html`<form method="post" action="${deskPaths.decideReport()}"><input type="hidden" name="report" value="${id}">${DECISIONS.map((decision) => html`<button class="text-button" type="submit" name="as" value="${decision}">${words.say(`desk.set-aside.${decision}`)}<span class="away"> ${id}</span></button> `)}</form>`,
    ]),
  )
}

function decideAll(words: DeskWords): Html {
  return html`<details class="fold"><summary>${words.say('desk.set-aside.all')}</summary>
<form method="post" action="${deskPaths.decideReports()}">
<p>${words.say('desk.set-aside.all-body')}</p>
<p class="button-row">${DECISIONS.map((decision) => html`<button class="button button-secondary" type="submit" name="as" value="${decision}">${words.say(`desk.set-aside.all-${decision}`)}</button> `)}</p>
</form></details>`
}

function unbuilt(words: DeskWords, messages: SetAsideView['messages']): Html {
  const column = (key: 'why' | 'count') => words.say(`desk.set-aside.column.${key}`)
  return html`${deskTable(
    words.say('desk.set-aside.messages'),
    [column('why'), column('count')],
    messages.map(({ reason, count }) => [reason, formatNumber(words, count)]),
  )}
<form method="post" action="${deskPaths.decideMessages()}"><p class="button-row"><button class="button button-secondary" type="submit" name="as" value="again">${words.say('desk.set-aside.retry-messages')}</button> <button class="button button-secondary" type="submit" name="as" value="drop">${words.say('desk.set-aside.drop-messages')}</button></p></form>`
}
