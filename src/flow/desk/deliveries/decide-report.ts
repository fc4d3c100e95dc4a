import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import type { EventSetAside } from '../../ports/report-ports.ts'
import { decideReports, MOST_DECIDED, type ReportDecision } from '../../reports/decide-reports.ts'
import type { OperatorEmailPorts } from '../operator-email.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { tellOfBulkAct } from '../tell-of-bulk-act.ts'

/** Acts in the audit log, for one report and for all. */
const ACTS = {
  again: { one: 'retry-report', all: 'retry-reports' },
  drop: { one: 'drop-report', all: 'drop-reports' },
} as const

/** Reports that failed too often, oldest first. */
export function listReportsSetAside(ports: Pick<Ports, 'store'>): Promise<readonly EventSetAside[]> {
  return ports.store.mailEvents.listSetAside(MOST_DECIDED)
}

/** Fails with `bad-input` if it is not set aside any more. */
export async function decideReport(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  id: number,
  decision: ReportDecision,
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    if (!(await decideReports(ports, unit, [id], decision)).get(id))
      throw new AppError('bad-input', phrase('desk.errors.not-set-aside'))
    await recordAct(ports, unit, { operatorId, act: ACTS[decision].one, details: { report: id } })
  })
}

/** Decides about all of them in one commit, and tells every owner. Returns how many there were. */
export async function decideEveryReport(
  ports: OperatorEmailPorts & RecordPorts & Pick<Ports, 'settings' | 'store'>,
  operatorId: number,
  decision: ReportDecision,
): Promise<number> {
  const act = ACTS[decision].all
  const count = await ports.store.transaction(async (unit) => {
    const decided = [...(await decideReports(ports, unit, 'all', decision)).values()].filter(Boolean).length
    await recordAct(ports, unit, { operatorId, act, details: { reports: decided } })
    return decided
  })
  await tellOfBulkAct(ports, operatorId, act, count)
  return count
}
