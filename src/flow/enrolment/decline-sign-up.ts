import type { SignUp } from '../../core/model.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { recordStop } from '../sending/requested-email.ts'

/**
 * Somebody at the address says that they did not ask for this, within the caller's transaction: its button works no more,
 * and nothing is sent on request to its mailbox for a while. Nothing was confirmed, so nothing else is there to stop. Repeated, it changes nothing.
 */
export async function declineSignUp(
  ports: Pick<Ports, 'keys'>,
  unit: Repositories,
  signUp: Pick<SignUp, 'id' | 'learnerId'>,
  now: number,
): Promise<void> {
  await recordStop(ports, unit, signUp.learnerId, now)
  await unit.signUps.decline(signUp.id, now)
}
