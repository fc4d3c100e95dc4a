import type { SignUp } from '../../core/model.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { recordStop } from '../sending/requested-email.ts'

/**
 * Declines a sign-up the owner of the address did not ask for, within the caller's transaction: its link stops working,
 * and for a while nothing is sent to the mailbox on request. Nothing was confirmed, so there is nothing else to stop.
 * Idempotent.
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
