import { maskAddress } from '../../core/desk/mask-address.ts'
import type { Operator } from '../ports/desk-ports.ts'
import type { Ports } from '../ports/ports.ts'
import type { OperatorEmailPorts } from './operator-email.ts'
import { type AuditLine, allAuditLines } from './read-audit-log.ts'
import { type RecordPorts, recordAct } from './record-act.ts'
import { tellOwners } from './tell-owners.ts'

/** The whole log for an operator to take away, a few hundred lines at a time. That is recorded, and every other owner is told. */
export async function exportAuditLog(
  ports: OperatorEmailPorts & RecordPorts & Pick<Ports, 'store'>,
  operator: Operator,
  format: 'csv' | 'jsonl',
): Promise<AsyncGenerator<readonly AuditLine[]>> {
  await ports.store.transaction((unit) =>
    recordAct(ports, unit, { operatorId: operator.id, act: 'export-audit', details: { format } }),
  )
  await tellOwners(ports, 'audit-exported', { person: maskAddress(operator.address ?? '') }, [operator.id])
  return allAuditLines(ports)
}
