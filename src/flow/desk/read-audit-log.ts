import { type AuditEntry, CHAIN_START, entryHash, noteHash } from '../../core/desk/audit.ts'
import type { AuditFilter } from '../ports/desk-ports.ts'
import type { Ports } from '../ports/ports.ts'
import { readNotes } from './record-act.ts'

type ReadPorts = Pick<Ports, 'keys' | 'sealer' | 'store'>

/** A line with its note; null if it had none, if the note was deleted with its learner, or if it cannot be opened. */
export interface AuditLine extends AuditEntry {
  readonly note: string | null
}

const PAGE = 50
const SLICE = 500
/** Before every number, also those that `recordAct` never gives and somebody may have written to the database. */
const START = Number.MIN_SAFE_INTEGER

/** The newest lines before a number. `next`: the number to continue before; null at the end. */
export async function viewAuditLog(
  ports: ReadPorts,
  filter: AuditFilter,
  before: number | null,
): Promise<{ readonly lines: readonly AuditLine[]; readonly next: number | null }> {
  const entries = await ports.store.auditLog.page(filter, before, PAGE + 1)
  const shown = entries.slice(0, PAGE)
  return {
    lines: await withNotes(ports, shown),
    next: entries.length > PAGE ? (shown.at(-1)?.number ?? null) : null,
  }
}

/** Every line, oldest first, a few hundred at a time. */
export async function* allAuditLines(ports: ReadPorts): AsyncGenerator<readonly AuditLine[]> {
  for (let after = START; ; ) {
    const entries = await ports.store.auditLog.after(after, SLICE)
    const last = entries.at(-1)
    if (last === undefined) return
    yield withNotes(ports, entries)
    after = last.number
  }
}

export type AuditCheck =
  /** `head`: the hash of the last line. Keep it elsewhere: a log that was cut off at its end still holds together. */
  | { readonly ok: true; readonly lines: number; readonly head: string }
  /** The first line that does not follow from the one before it, or whose note was changed. */
  | { readonly ok: false; readonly number: number; readonly what: 'missing' | 'changed' | 'note' }

/** Follows the chain from its start. */
export async function checkAuditLog(ports: ReadPorts): Promise<AuditCheck> {
  let lines = 0
  let head = CHAIN_START
  for (let entries = await ports.store.auditLog.after(START, SLICE); entries.length > 0; ) {
    const notes = await readNotes(
      ports,
      entries.map(({ number }) => number),
    )
    for (const entry of entries) {
      const { hash, ...fields } = entry
      if (entry.number > lines + 1) return { ok: false, number: lines + 1, what: 'missing' }
      const follows = entry.number === lines + 1 && entry.previousHash === head
      if (!follows || entryHash(ports.keys.audit, fields) !== hash)
        return { ok: false, number: entry.number, what: 'changed' }
      const note = notes.get(entry.number)
      if (note === null || (note !== undefined && noteHash(ports.keys.audit, note.salt, note.note) !== entry.noteHash))
        return { ok: false, number: entry.number, what: 'note' }
      lines = entry.number
      head = hash
    }
    entries = await ports.store.auditLog.after(lines, SLICE)
  }
  return { ok: true, lines, head }
}

async function withNotes(ports: ReadPorts, entries: readonly AuditEntry[]): Promise<readonly AuditLine[]> {
  const notes = await readNotes(
    ports,
    entries.filter((entry) => entry.noteHash !== null).map(({ number }) => number),
  )
  return entries.map((entry) => ({ ...entry, note: notes.get(entry.number)?.note ?? null }))
}
