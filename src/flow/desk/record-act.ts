import {
  type AuditAct,
  type AuditDetails,
  type AuditEntry,
  CHAIN_START,
  entryHash,
  noteHash,
  type Reason,
} from '../../core/desk/audit.ts'
import { AppError } from '../../core/errors.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'

export interface RecordedAct {
  /** Null: somebody at the command line of the host. */
  readonly operatorId: number | null
  readonly act: AuditAct
  readonly learnerId?: number
  readonly reason?: Reason
  readonly details?: AuditDetails
  /** Only about a learner, whose data key seals it; '' for none. */
  readonly note?: string
}

export type RecordPorts = Pick<Ports, 'clock' | 'keys' | 'sealer' | 'randomBytes'>

const SALT_BYTES = 16

/** Appends a line to the audit log, within the caller's transaction: what was done and that it was done commit together. */
export async function recordAct(ports: RecordPorts, unit: Repositories, recorded: RecordedAct): Promise<void> {
  const { operatorId, act, learnerId = null, reason = null, details = {}, note = '' } = recorded
  const last = await unit.auditLog.last()
  const hasNote = note !== '' && learnerId !== null
  const salt = hasNote ? Buffer.from(ports.randomBytes(SALT_BYTES)).toString('base64url') : ''
  const fields: Omit<AuditEntry, 'hash'> = {
    number: (last?.number ?? 0) + 1,
    at: ports.clock.now(),
    operatorId,
    act,
    learnerId,
    reason,
    details,
    noteHash: hasNote ? noteHash(ports.keys.audit, salt, note) : null,
    previousHash: last?.hash ?? CHAIN_START,
  }
  await unit.auditLog.append({ ...fields, hash: entryHash(ports.keys.audit, fields) })
  if (!hasNote) return
  const sealed = await learnerSealer(ports, unit, learnerId).seal(noteContext(fields.number), `${salt} ${note}`)
  await unit.auditLog.addNote(fields.number, learnerId, Buffer.from(sealed).toString('base64url'))
}

/** The notes of these lines that were not deleted with their learners, each with its salt; null for one that cannot be opened. */
export async function readNotes(
  ports: Pick<Ports, 'sealer' | 'store'>,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, OpenedNote | null>> {
  const found = await ports.store.auditLog.notes(numbers)
  const notes = new Map<number, OpenedNote | null>()
  for (const [number, { learnerId, sealed }] of found)
    notes.set(number, await openNote(ports, number, learnerId, sealed))
  return notes
}

interface OpenedNote {
  readonly salt: string
  readonly note: string
}

/** Null for one that was changed in the database: it must not hide the other lines. */
async function openNote(
  ports: Pick<Ports, 'sealer' | 'store'>,
  number: number,
  learnerId: number,
  sealed: string,
): Promise<OpenedNote | null> {
  const sealer = learnerSealer(ports, ports.store, learnerId)
  let opened: string
  try {
    opened = await sealer.open(noteContext(number), Buffer.from(sealed, 'base64url'))
  } catch (error) {
    // Only what the sealer says of it; a database that is away is no answer.
    if (error instanceof AppError && error.code === 'misconfigured') return null
    throw error
  }
  const [salt = '', ...rest] = opened.split(' ')
  return { salt, note: rest.join(' ') }
}

function noteContext(number: number): string {
  return `audit note ${number}`
}
