import { setTimeout as sleep } from 'node:timers/promises'
import type { Variant } from '../core/course.ts'
import { AppError } from '../core/errors.ts'
import { emptyLog } from './empty-log.ts'
import { type LearnerBox, learnerBox } from './learner-box.ts'
import type { Ports } from './ports.ts'
import { openStart, type StartOwner, sealStart } from './starting-point.ts'
import type { Repositories, StartTable, UnsealedStart, UnsealedVariant } from './store-ports.ts'
import { sealVariant } from './variant-sent.ts'

/** Rows sealed in one commit: some 20 ms of work. */
const SLICE = 200
/** Between two slices sending has the processor this many times as long as a slice took, and for so long at least, ms. */
const REST = 4
const SHORTEST_REST_MS = 20
/** A larger file is not written anew while the service runs: nothing else could be written for more than a second. */
export const LARGEST_REWRITE_BYTES = 64 * 1024 * 1024

/**
 * Seals the form of the course in rows that hold it in clear, a slice at a time, and frees the file of what was there.
 * Sending goes on meanwhile. May run in several processes, and be ended at any time: the next run goes on with what is
 * left. A row that cannot be sealed is left as it is, and counted in the log.
 */
export async function sealForms(ports: Ports, signal: AbortSignal): Promise<void> {
  const done = { sealed: 0, failed: 0 }
  for (const table of ['sign_up', 'enrolment'] as const)
    await inSlices(ports, signal, done, {
      read: (after) => ports.store.unsealed.starts(table, after, SLICE),
      seal: (row, box) => sealOneStart(table, row, box),
    })
  await inSlices(ports, signal, done, {
    read: (after) => ports.store.unsealed.variants(after, SLICE),
    seal: (row, box) => sealOneVariant(ports, row, box),
  })
  if (signal.aborted) return
  if (done.failed > 0)
    ports.log.error({ rows: done.failed }, 'some rows could not be encrypted: they were made with another SECRET_KEY')
  if (done.sealed > 0) ports.log.info({ rows: done.sealed }, 'track and overlays of earlier rows are encrypted now')
  if (await ports.store.unsealed.isRewriteDue()) await rewrite(ports)
  else if (done.sealed > 0) await emptyLog(ports)
}

interface Slices<R> {
  read(after: number): Promise<readonly R[]>
  /** What is to be written. */
  seal(row: R, box: LearnerBox): Promise<(unit: Repositories) => Promise<unknown>>
}

async function inSlices<R extends { readonly id: number; readonly learnerId: number }>(
  ports: Ports,
  signal: AbortSignal,
  done: { sealed: number; failed: number },
  slices: Slices<R>,
): Promise<void> {
  for (let after = 0; !signal.aborted; ) {
    const start = performance.now()
    const rows = await slices.read(after)
    if (rows.length === 0) return
    after = rows.at(-1)?.id ?? after
    const boxes = new Map<number, LearnerBox>()
    const writes: ((unit: Repositories) => Promise<unknown>)[] = []
    for (const row of rows) {
      const box = boxes.get(row.learnerId) ?? learnerBox(ports, ports.store, row.learnerId)
      boxes.set(row.learnerId, box)
      try {
        writes.push(await slices.seal(row, box))
      } catch (error) {
        if (error instanceof AppError && error.code === 'busy') throw error
        done.failed += 1
      }
    }
    await ports.store.transaction(async (unit) => {
      for (const write of writes) await write(unit)
    })
    done.sealed += writes.length
    const rest = Math.max(SHORTEST_REST_MS, REST * (performance.now() - start))
    await sleep(rest, undefined, { signal }).catch(() => {})
  }
}

async function sealOneStart(table: StartTable, row: UnsealedStart, box: LearnerBox) {
  const owner: StartOwner = table === 'sign_up' ? { signUp: row.id } : { enrolment: row.id }
  const sealed = await sealStart(box, owner, await openStart(box, owner, row))
  return (unit: Repositories) => unit.unsealed.sealStart(table, row, sealed)
}

/** Of a message that has not left, no form is kept. */
async function sealOneVariant(ports: Ports, row: UnsealedVariant, box: LearnerBox) {
  const course = row.course === null ? null : ports.courses.get(row.course)
  const sealed = row.hasLeft ? await sealVariant(box, row.id, JSON.parse(row.text) as Variant, course) : null
  return (unit: Repositories) => unit.unsealed.sealVariant(row, sealed)
}

/** Moved and erased rows leave copies in the unused parts of pages; a file written anew has none. */
async function rewrite(ports: Ports): Promise<void> {
  if (await ports.store.rewrite(LARGEST_REWRITE_BYTES)) return emptyLog(ports)
  ports.log.warn(
    {},
    'unused parts of the database file may still hold track and overlays in clear: stop the service and run npm run migrate -- --rewrite once',
  )
}
