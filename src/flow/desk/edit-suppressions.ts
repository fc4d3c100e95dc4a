import type { Reason } from '../../core/desk/audit.ts'
import { PERSON_ACTS } from '../../core/desk/person-acts.ts'
import { AppError } from '../../core/errors.ts'
import { formatSuppressions, type ReadSuppressions, readSuppressions } from '../../core/reports/suppression-csv.ts'
import { addressKey } from '../../core/security/keys.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'
import type { SuppressedAddress } from '../ports/report-ports.ts'
import { suppressAddress } from '../reports/suppress.ts'
import { suppressList } from '../reports/suppress-list.ts'
import { MOST_COUNTED } from './most-counted.ts'
import type { OperatorEmailPorts } from './operator-email.ts'
import { type RecordPorts, recordAct } from './record-act.ts'
import { tellOfBulkAct } from './tell-of-bulk-act.ts'

type EditPorts = RecordPorts & Pick<Ports, 'store'>
type BulkPorts = EditPorts & OperatorEmailPorts & Pick<Ports, 'settings'>

/** Since when and why nothing goes to exactly this address, in any spelling that reaches it; null if emails may go there. */
export function findSuppression(
  ports: Pick<Ports, 'keys' | 'store'>,
  address: string,
): Promise<SuppressedAddress | null> {
  return ports.store.suppressions.byKey(addressKey(ports.keys, address))
}

/** How many addresses get no email, counted up to `MOST_COUNTED`. */
export function countSuppressed({ store }: Pick<Ports, 'store'>): Promise<number> {
  return store.suppressions.count(MOST_COUNTED)
}

/**
 * Withholds emails to an address, or allows them again, whether or not a learner has it. What was cancelled stays so. Fails
 * with `bad-input` where it would change nothing or the reason does not fit.
 */
export async function editSuppression(
  ports: EditPorts,
  operatorId: number,
  { act, address, reason }: { act: 'suppress' | 'lift-suppression'; address: string; reason: Reason },
): Promise<void> {
  if (!PERSON_ACTS[act].reasons.includes(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
  const key = addressKey(ports.keys, address)
  await ports.store.transaction(async (unit) => {
    const isChanged =
      act === 'suppress'
        ? (await suppressAddress(unit, key, 'operator', ports.clock.now())).isNew
        : await unit.suppressions.removeKey(key)
    if (!isChanged) throw new AppError('bad-input', phrase('desk.errors.changes-nothing'))
    const learnerId = await unit.reports.learnerByKey(key)
    await recordAct(ports, unit, { operatorId, act, reason, ...(learnerId !== null && { learnerId }) })
  })
}

export interface ImportedSuppressions {
  readonly added: number
  readonly known: number
  readonly problems: Extract<ReadSuppressions, { lines: unknown }>['problems']
}

/**
 * Adds every address of a list that can be read, and tells every owner. It is recorded before it begins. Fails with
 * `bad-input` if nothing of the list can be read.
 */
export async function importSuppressions(
  ports: BulkPorts,
  operatorId: number,
  text: string,
): Promise<ImportedSuppressions> {
  const read = readSuppressions(ports.keys, text)
  if ('problem' in read) throw new AppError('bad-input', phrase(`desk.errors.list-${read.problem}`))
  const { lines, problems } = read
  await ports.store.transaction((unit) =>
    recordAct(ports, unit, { operatorId, act: 'import-suppressions', details: { addresses: lines.length } }),
  )
  const { added, known } = await suppressList(ports, lines)
  await tellOfBulkAct(ports, operatorId, 'import-suppressions', lines.length)
  return { added, known, problems }
}

/** The whole list as CSV, without addresses. Tells every owner. */
export async function exportSuppressions(ports: BulkPorts, operatorId: number): Promise<string> {
  const rows = await ports.store.transaction(async (unit) => {
    const all = await unit.suppressions.all()
    await recordAct(ports, unit, { operatorId, act: 'export-suppressions', details: { addresses: all.length } })
    return all
  })
  await tellOfBulkAct(ports, operatorId, 'export-suppressions', rows.length)
  return `${formatSuppressions(ports.keys, rows)}\n`
}
