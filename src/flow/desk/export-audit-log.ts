import type { AuditDetails } from '../../core/desk/audit.ts'
import { type BulkPorts, recordBulkAct, tellOfBulkAct } from './bulk-act.ts'
import { type AuditLine, allAuditLines } from './read-audit-log.ts'

/**
 * The whole log to take away, a few hundred lines at a time, with the line that says so at its end. Tells every owner. `by`: null
 * for somebody at the command line.
 */
export async function exportAuditLog(
  ports: BulkPorts,
  by: number | null,
  details: AuditDetails,
): Promise<AsyncGenerator<readonly AuditLine[]>> {
  const lines = await ports.store.transaction(async (unit) => {
    const count = ((await unit.auditLog.last())?.number ?? 0) + 1
    await recordBulkAct(ports, unit, by, 'export-audit', count, details)
    return count
  })
  await tellOfBulkAct(ports, by, 'export-audit', lines)
  return allAuditLines(ports)
}
