import { isKnownZone } from '../../core/delivery/time-zone.ts'
import { AppError } from '../../core/errors.ts'
import { phrase } from '../../core/words.ts'
import type { Ports } from '../ports/ports.ts'

/** The zone (IANA) in which an operator reads times. Fails with `bad-input` for a name that is not known. */
export async function chooseTimeZone(ports: Pick<Ports, 'store'>, operatorId: number, timeZone: string): Promise<void> {
  if (!isKnownZone(timeZone)) throw new AppError('bad-input', phrase('desk.errors.no-zone'))
  await ports.store.operators.setTimeZone(operatorId, timeZone)
}
