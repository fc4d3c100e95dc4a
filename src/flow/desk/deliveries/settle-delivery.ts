import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import { type Settled, settleUnconfirmed, type Verdict } from '../../delivery/settle-unconfirmed.ts'
import type { Ports } from '../../ports/ports.ts'
import { type BulkPorts, recordBulkAct, tellOfBulkAct } from '../bulk-act.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'

/** How many were settled as asked, and how many were not: settled meanwhile, or of a learner who receives no email. */
export interface SettledCounts {
  readonly settled: number
  readonly left: number
}

/**
 * Settles one unconfirmed delivery. `by`: null for somebody at the command line. Fails with `not-found`, and with `bad-input` if
 * it is settled or may not be sent.
 */
export async function settleDelivery(
  ports: RecordPorts & Pick<Ports, 'store'>,
  by: number | null,
  id: number,
  verdict: Verdict,
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    const row = await unit.deliveries.byId(id)
    if (row === null) throw new AppError('not-found', phrase('desk.errors.no-delivery'))
    if (!(await settleUnconfirmed(ports, unit, [id], verdict)).get(id))
      throw new AppError('bad-input', phrase('desk.errors.not-settled'))
    const details = { delivery: id, as: verdict }
    await recordAct(ports, unit, { operatorId: by, act: 'settle-delivery', learnerId: row.learnerId, details })
  })
}

/** Settles everything that is unconfirmed in one commit, and tells every owner. `by`: null for somebody at the command line. */
export async function settleEveryDelivery(ports: BulkPorts, by: number | null, verdict: Verdict): Promise<Settled> {
  const settled = await ports.store.transaction(async (unit) => {
    const results = await settleUnconfirmed(ports, unit, 'all', verdict)
    const { settled, left } = countSettled(results)
    await recordBulkAct(ports, unit, by, 'settle-all', settled, { as: verdict, left })
    return results
  })
  await tellOfBulkAct(ports, by, 'settle-all', countSettled(settled).settled)
  return settled
}

export function countSettled(results: Settled): SettledCounts {
  const settled = [...results.values()].filter(Boolean).length
  return { settled, left: results.size - settled }
}
