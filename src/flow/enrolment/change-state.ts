import { type EnrolmentAct, NEW_ROUND, nextOf, type Transition } from '../../core/enrolment/enrolment-acts.ts'
import type { Enrolment } from '../../core/model.ts'
import type { Repositories } from '../ports/store-ports.ts'

/**
 * Applies ENROLMENT_ACTS within the caller's transaction. Returns null, changing nothing, if the act is refused or the
 * enrolment is gone. The update is conditional on the starting state, so a concurrent act is not overwritten; the state
 * is then read again.
 */
export async function changeState(
  unit: Pick<Repositories, 'enrolments'>,
  { id }: Pick<Enrolment, 'id'>,
  act: EnrolmentAct,
  now: number,
): Promise<Transition | null> {
  for (;;) {
    const enrolment = await unit.enrolments.byId(id)
    const next = enrolment && nextOf(act, enrolment.state)
    if (enrolment === null || next === null || next === NEW_ROUND) return null
    if (next.state !== enrolment.state && !(await unit.enrolments.move(id, enrolment.state, next.state, now))) continue
    if (next.checkIns === 'stopped') await unit.enrolments.setCheckIns(id, now)
    if (next.checkIns === 'resumed') await unit.enrolments.setCheckIns(id, null)
    return next
  }
}
