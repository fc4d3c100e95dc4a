import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import type { EventSetAside } from '../../ports/report-ports.ts'
import { decideReports, MOST_DECIDED, type ReportDecision } from '../../reports/decide-reports.ts'
import { type BulkPorts, recordBulkAct, tellOfBulkAct } from '../bulk-act.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'

/** Acts in the audit log, for one report and for all. */
const ACTS = {
  again: { one: 'retry-report', all: 'retry-reports' },
  drop: { one: 'drop-report', all: 'drop-reports' },
} as const

/** Reports that failed too often, oldest first. */
export function listReportsSetAside(ports: Pick<Ports, 'store'>): Promise<readonly EventSetAside[]> {
  return ports.store.mailEvents.listSetAside(MOST_DECIDED)
}

/** `by`: null for somebody at the command line. Fails with `bad-input` if it is not set aside any more. */
export async function decideReport(
  ports: RecordPorts & Pick<Ports, 'store'>,
  by: number | null,
  id: number,
  decision: ReportDecision,
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    if (!(await decideReports(ports, unit, [id], decision)).get(id))
      throw new AppError('bad-input', phrase('desk.errors.not-set-aside'))
    await recordAct(ports, unit, { operatorId: by, act: ACTS[decision].one, details: { report: id } })
  })
}

/** Decides about all of them in one commit, and tells every owner. The result of each; `by` as above. */
export async function decideEveryReport(
  ports: BulkPorts,
  by: number | null,
  decision: ReportDecision,
): Promise<ReadonlyMap<number, boolean>> {
  const act = ACTS[decision].all
  const count = (results: ReadonlyMap<number, boolean>) => [...results.values()].filter(Boolean).length
  const decided = await ports.store.transaction(async (unit) => {
    const results = await decideReports(ports, unit, 'all', decision)
    await recordBulkAct(ports, unit, by, act, count(results))
    return results
  })
  await tellOfBulkAct(ports, by, act, count(decided))
  return decided
}
