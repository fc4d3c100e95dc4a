import { AppError } from '../../../core/errors.ts'
import { phrase } from '../../../core/words.ts'
import { settleUnconfirmed, type Verdict } from '../../delivery/settle-unconfirmed.ts'
import type { Ports } from '../../ports/ports.ts'
import type { OperatorEmailPorts } from '../operator-email.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { tellOfBulkAct } from '../tell-of-bulk-act.ts'

/** How many were settled as asked, and how many were not: settled meanwhile, or of a learner who receives no email. */
export interface SettledCounts {
  readonly settled: number
  readonly left: number
}

/** Settles one unconfirmed delivery. Fails with `not-found`, and with `bad-input` if it is settled or may not be sent. */
export async function settleDelivery(
  ports: RecordPorts & Pick<Ports, 'store'>,
  operatorId: number,
  id: number,
  verdict: Verdict,
): Promise<void> {
  await ports.store.transaction(async (unit) => {
    const row = await unit.deliveries.byId(id)
    if (row === null) throw new AppError('not-found', phrase('desk.errors.no-delivery'))
    if (!(await settleUnconfirmed(ports, unit, [id], verdict)).get(id))
      throw new AppError('bad-input', phrase('desk.errors.not-settled'))
    const details = { delivery: id, as: verdict }
    await recordAct(ports, unit, { operatorId, act: 'settle-delivery', learnerId: row.learnerId, details })
  })
}

/** Settles everything that is unconfirmed in one commit, and tells every owner. */
export async function settleEveryDelivery(
  ports: OperatorEmailPorts & RecordPorts & Pick<Ports, 'settings' | 'store'>,
  operatorId: number,
  verdict: Verdict,
): Promise<SettledCounts> {
  const counts = await ports.store.transaction(async (unit) => {
    const results = [...(await settleUnconfirmed(ports, unit, 'all', verdict)).values()]
    const settled = results.filter(Boolean).length
    const details = { as: verdict, settled, left: results.length - settled }
    await recordAct(ports, unit, { operatorId, act: 'settle-all', details })
    return { settled, left: results.length - settled }
  })
  await tellOfBulkAct(ports, operatorId, 'settle-all', counts.settled)
  return counts
}
