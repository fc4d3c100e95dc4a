import { stringify } from 'csv-stringify/sync'
import { isAuditAct } from '../../core/desk/audit.ts'
import { exportAuditLog } from '../../flow/desk/export-audit-log.ts'
import { type AuditLine, viewAuditLog } from '../../flow/desk/read-audit-log.ts'
import type { AuditFilter } from '../../flow/ports/desk-ports.ts'
import { auditPage } from './audit-view.ts'
import { sendDeskPage } from './desk-page.ts'
import { fieldOf, numberIn, type OperatorVisit, queryOf } from './desk-visit.ts'

const COLUMNS = [
  ...(['number', 'at', 'operatorId', 'act', 'learnerId', 'reason', 'details'] as const),
  ...(['note', 'noteHash', 'previousHash', 'hash'] as const),
]

/** What operators did, line by line, and as a file. */
export const audit = {
  'get /desk/audit': async (visit: OperatorVisit) => {
    const { ports } = visit.site
    const filter = filterOf(visit)
    const { lines, next } = await viewAuditLog(ports, filter, numberIn(queryOf(visit, 'before')))
    const operators = await ports.store.operators.all()
    sendDeskPage(visit, 200, auditPage(visit.words, { lines, next, filter, operators }))
  },

  /** Whole: a part of the log could not be checked. */
  'post /desk/audit/export': async (visit: OperatorVisit) => {
    const { site, signedIn, response } = visit
    const format = fieldOf(visit, 'format') === 'csv' ? 'csv' : 'jsonl'
    const parts = await exportAuditLog(site.ports, signedIn.operator.id, { format })
    response.attachment(`audit-log.${format}`)
    response.type(format === 'csv' ? 'text/csv' : 'application/jsonl')
    if (format === 'csv') response.write(stringify([[...COLUMNS]]))
    for await (const lines of parts)
      response.write(
        format === 'csv' ? stringify(lines.map(cellsOf)) : lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      )
    response.end()
  },
}

function filterOf(visit: OperatorVisit): AuditFilter {
  const act = queryOf(visit, 'act')
  const operatorId = numberIn(queryOf(visit, 'operator'))
  const learnerId = numberIn(queryOf(visit, 'learner'))
  return {
    ...(isAuditAct(act) && { act }),
    ...(operatorId !== null && { operatorId }),
    ...(learnerId !== null && { learnerId }),
  }
}

function cellsOf(line: AuditLine): readonly (string | number)[] {
  return COLUMNS.map((column) => {
    const value = line[column]
    if (typeof value === 'object') return value === null ? '' : JSON.stringify(value)
    // Only a note is anybody's text; a spreadsheet would run one that begins like a formula.
    return column === 'note' ? String(value).replace(/^(?=[=+\-@\t\r])/, "'") : value
  })
}
