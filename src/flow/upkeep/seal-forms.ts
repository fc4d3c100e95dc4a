import { AppError } from '../../core/errors.ts'
import type { Variant } from '../../core/model.ts'
import { sealVariant } from '../delivery/sent-variant.ts'
import { openStart, type StartOwner, sealStart } from '../enrolment/starting-point.ts'
import { pauseAfterSlice } from '../pause-after-slice.ts'
import type { Ports } from '../ports/ports.ts'
import type { StartTable, UnsealedStart, UnsealedVariant } from '../ports/security-ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { scrubRecoveryLog } from '../scrub-recovery-log.ts'
import { type LearnerSealer, learnerSealer } from '../security/learner-sealer.ts'

/** Rows encrypted per commit: about 20 ms, during which nobody else can write. */
const SLICE = 100

/**
 * Encrypts the course variants that earlier versions stored unencrypted, in slices while sending continues. Safe to run
 * concurrently and to interrupt; the next run continues. Rows that cannot be encrypted are left unchanged, and counted
 * in the log.
 */
export async function sealForms(
  ports: Pick<Ports, 'store' | 'courses' | 'sealer' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  const done = { sealed: 0, failed: 0 }
  for (const table of ['sign_up', 'enrolment'] as const)
    await inSlices(ports, signal, done, {
      read: (after) => ports.store.unsealed.starts(table, after, SLICE),
      seal: (unit, sealer, row) => sealOneStart(unit, sealer, table, row),
    })
  await inSlices(ports, signal, done, {
    read: (after) => ports.store.unsealed.variants(after, SLICE),
    seal: (unit, sealer, row) => sealOneVariant(ports, unit, sealer, row),
  })
  done.sealed += await sealFieldNames(ports, signal)
  if (done.failed > 0)
    ports.log.error(
      { rows: done.failed },
      'some rows could not be encrypted: they were modified, or SECRET_KEY has changed',
    )
  if (done.sealed === 0) return
  ports.log.info({ rows: done.sealed }, 'track, overlays and names of answered fields in earlier rows were encrypted')
  await scrubRecoveryLog(ports)
}

/** Names of fields that only one track has would reveal the track. */
async function sealFieldNames(ports: Pick<Ports, 'store'>, signal: AbortSignal): Promise<number> {
  let done = 0
  for (let after = 0; !signal.aborted; ) {
    const start = performance.now()
    const { last, sealed } = await ports.store.transaction(async (unit) => {
      const slice = await unit.unsealed.sealFields(after, SLICE)
      if (slice.sealed > 0) await unit.unsealed.askForRewrite()
      return slice
    })
    if (last === null) break
    after = last
    done += sealed
    await pauseAfterSlice(start, signal)
  }
  return done
}

interface Slices<R> {
  read(after: number): Promise<readonly R[]>
  /** In the slice's transaction. False if the row has changed since it was read. */
  seal(unit: Repositories, sealer: LearnerSealer, row: R): Promise<boolean>
}

async function inSlices<R extends { readonly id: number; readonly learnerId: number }>(
  ports: Pick<Ports, 'store' | 'sealer'>,
  signal: AbortSignal,
  done: { sealed: number; failed: number },
  slices: Slices<R>,
): Promise<void> {
  for (let after = 0; !signal.aborted; ) {
    const start = performance.now()
    const rows = await slices.read(after)
    if (rows.length === 0) return
    after = rows.at(-1)?.id ?? after
    const { sealed, failed } = await ports.store.transaction((unit) => sealSlice(ports, unit, rows, slices))
    done.sealed += sealed
    done.failed += failed
    await pauseAfterSlice(start, signal)
  }
}

async function sealSlice<R extends { readonly learnerId: number }>(
  ports: Pick<Ports, 'sealer'>,
  unit: Repositories,
  rows: readonly R[],
  slices: Slices<R>,
): Promise<{ sealed: number; failed: number }> {
  const result = { sealed: 0, failed: 0 }
  const boxes = new Map<number, LearnerSealer>()
  for (const row of rows) {
    const sealer = boxes.get(row.learnerId) ?? learnerSealer(ports, unit, row.learnerId)
    boxes.set(row.learnerId, sealer)
    try {
      if (await slices.seal(unit, sealer, row)) result.sealed += 1
    } catch (error) {
      // Nothing of this row has been written yet, and the others need not wait for it.
      const isRowSpecific =
        error instanceof SyntaxError || (error instanceof AppError && error.code === 'misconfigured')
      if (!isRowSpecific) throw error
      result.failed += 1
    }
  }
  if (result.sealed > 0) await unit.unsealed.askForRewrite()
  return result
}

async function sealOneStart(
  unit: Repositories,
  sealer: LearnerSealer,
  table: StartTable,
  row: UnsealedStart,
): Promise<boolean> {
  const owner: StartOwner = table === 'sign_up' ? { signUp: row.id } : { enrolment: row.id }
  // Either there is an unencrypted value, or nothing was stored.
  const plain = { track: row.track, overlays: JSON.parse(row.text) as string[] }
  const start = await openStart(sealer, owner, { sealed: row.sealed, plain })
  return unit.unsealed.sealStart(table, row, await sealStart(sealer, owner, start))
}

/** For messages that were not sent, no variant is stored. */
async function sealOneVariant(
  ports: Pick<Ports, 'courses'>,
  unit: Repositories,
  sealer: LearnerSealer,
  row: UnsealedVariant,
): Promise<boolean> {
  const course = row.course === null ? null : ports.courses.get(row.course)
  const sealed = row.hasLeft ? await sealVariant(sealer, row.id, JSON.parse(row.text) as Variant, course) : null
  return unit.unsealed.sealVariant(row, sealed)
}
