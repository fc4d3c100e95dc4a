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
import { type BulkPorts, recordBulkAct, tellOfBulkAct } from './bulk-act.ts'
import { MOST_COUNTED } from './most-counted.ts'
import { type RecordPorts, recordAct } from './record-act.ts'

type EditPorts = RecordPorts & Pick<Ports, 'store'>

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
  const { isChanged } = await changeSuppression(ports, operatorId, { act, address, reason })
  if (!isChanged) throw new AppError('bad-input', phrase('desk.errors.changes-nothing'))
}

/**
 * The same without those errors; `by` and `reason` are null for somebody at the command line. Says whether it changed anything,
 * which is recorded, and how many deliveries were cancelled.
 */
export function changeSuppression(
  ports: EditPorts,
  by: number | null,
  { act, address, reason }: { act: 'suppress' | 'lift-suppression'; address: string; reason: Reason | null },
): Promise<{ readonly isChanged: boolean; readonly cancelled: number }> {
  const key = addressKey(ports.keys, address)
  return ports.store.transaction(async (unit) => {
    const { isNew: isChanged, cancelled } =
      act === 'suppress'
        ? await suppressAddress(unit, key, 'operator', ports.clock.now())
        : { isNew: await unit.suppressions.removeKey(key), cancelled: 0 }
    if (!isChanged) return { isChanged, cancelled }
    const learnerId = await unit.reports.learnerByKey(key)
    await recordAct(ports, unit, {
      ...{ operatorId: by, act },
      ...(reason !== null && { reason }),
      ...(learnerId !== null && { learnerId }),
    })
    return { isChanged, cancelled }
  })
}

/** Lines that were read, and what is wrong with the others. */
export type SuppressionList = Extract<ReadSuppressions, { lines: unknown }>

export interface ImportedSuppressions {
  readonly added: number
  readonly known: number
  readonly problems: SuppressionList['problems']
}

/**
 * Adds every address of a list that was read, and tells every owner. It is recorded before it begins. `by`: null for somebody at
 * the command line.
 */
export async function importSuppressions(
  ports: BulkPorts,
  by: number | null,
  { lines, problems }: SuppressionList,
): Promise<ImportedSuppressions> {
  await ports.store.transaction((unit) => recordBulkAct(ports, unit, by, 'import-suppressions', lines.length))
  const { added, known } = await suppressList(ports, lines)
  await tellOfBulkAct(ports, by, 'import-suppressions', lines.length)
  return { added, known, problems }
}

/** The list of a form. Fails with `bad-input` if nothing of it can be read. */
export function readSuppressionList({ keys }: Pick<Ports, 'keys'>, text: string): SuppressionList {
  const read = readSuppressions(keys, text)
  if ('problem' in read) throw new AppError('bad-input', phrase(`desk.errors.list-${read.problem}`))
  return read
}

/** The whole list as CSV, without addresses. Tells every owner. `by`: null for somebody at the command line. */
export async function exportSuppressions(ports: BulkPorts, by: number | null): Promise<string> {
  const rows = await ports.store.transaction(async (unit) => {
    const all = await unit.suppressions.all()
    await recordBulkAct(ports, unit, by, 'export-suppressions', all.length)
    return all
  })
  await tellOfBulkAct(ports, by, 'export-suppressions', rows.length)
  return formatSuppressions(ports.keys, rows)
}
