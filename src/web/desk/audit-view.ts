import { AUDIT_ACTS } from '../../core/desk/audit.ts'
import { deskPaths } from '../../core/desk/desk-paths.ts'
import { maskAddress } from '../../core/desk/mask-address.ts'
import type { AuditLine } from '../../flow/desk/read-audit-log.ts'
import type { AuditFilter, Operator } from '../../flow/ports/desk-ports.ts'
import { html, on } from '../page/html.ts'
import type { DeskPage } from './desk-page.ts'
import { deskTable } from './desk-table.ts'
import type { DeskWords } from './desk-visit.ts'
import { instant } from './instant.ts'

export interface AuditView {
  readonly lines: readonly AuditLine[]
  /** The number to continue before; null at the end. */
  readonly next: number | null
  readonly filter: AuditFilter
  readonly operators: readonly Operator[]
}

export function auditPage(words: DeskWords, { lines, next, filter, operators }: AuditView): DeskPage {
  const column = (key: 'number' | 'at' | 'who' | 'act' | 'learner' | 'reason' | 'details') =>
    words.say(`desk.audit.column.${key}`)
  const who = (id: number | null) => {
    if (id === null) return words.say('desk.audit.host')
    const address = operators.find((operator) => operator.id === id)?.address
    return address ? maskAddress(address) : words.say('desk.audit.removed', { id })
  }
  const query = new URLSearchParams({
    ...(filter.act && { act: filter.act }),
    ...(filter.operatorId && { operator: String(filter.operatorId) }),
    ...(filter.learnerId && { learner: String(filter.learnerId) }),
    ...(next !== null && { before: String(next) }),
  })
  return {
    title: words.say('desk.audit.title'),
    main: html`<h1>${words.say('desk.audit.title')}</h1>
<p>${words.say('desk.audit.body')}</p>
<form method="get" action="${deskPaths.audit()}" class="filters">
<div class="field"><label for="act">${column('act')}</label>
<select id="act" name="act"><option value="">${words.say('desk.audit.any')}</option>${AUDIT_ACTS.map((act) => html`<option value="${act}"${on('selected', act === filter.act)}>${words.say(`desk.acts.${act}`)}</option>`)}</select></div>
<div class="field"><label for="operator">${column('who')}</label>
<select id="operator" name="operator"><option value="">${words.say('desk.audit.any')}</option>${operators.map(({ id, address }) => html`<option value="${id}"${on('selected', id === filter.operatorId)}>${maskAddress(address ?? '')}</option>`)}</select></div>
<div class="field"><label for="learner">${column('learner')}</label>
<input id="learner" name="learner" inputmode="numeric" value="${filter.learnerId}"></div>
<p><button class="button button-secondary" type="submit">${words.say('desk.filter')}</button></p>
</form>
${
  lines.length === 0
    ? html`<p>${words.say('desk.audit.none')}</p>`
    : deskTable(
        words.say('desk.audit.title'),
        [
          ...[column('number'), column('at'), column('who'), column('act')],
          ...[column('learner'), column('reason'), column('details')],
        ],
        lines.map((line) => [
          line.number,
          instant(words, line.at),
          who(line.operatorId),
          words.say(`desk.acts.${line.act}`),
          line.learnerId,
          line.reason !== null && words.say(`desk.reasons.${line.reason}`),
          html`${Object.entries(line.details)
            .map(([name, value]) => `${name}: ${value}`)
            .join(', ')}${line.note !== null && html`<br>${line.note}`}`,
        ]),
      )
}
${next !== null && html`<p><a class="button button-secondary" href="${deskPaths.audit()}?${String(query)}">${words.say('desk.older')}</a></p>`}
<section class="card" aria-labelledby="export"><h2 id="export">${words.say('desk.audit.export')}</h2>
<p>${words.say('desk.audit.export-body')}</p>
<form method="post" action="${deskPaths.exportAudit()}" class="button-row"><button class="button button-secondary" type="submit" name="format" value="jsonl">${words.say('desk.audit.jsonl')}</button> <button class="button button-secondary" type="submit" name="format" value="csv">${words.say('desk.audit.csv')}</button></form>
</section>`,
  }
}
