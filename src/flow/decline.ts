import type { SignUp } from '../core/model.ts'
import type { Repositories } from './store-ports.ts'

/**
 * Somebody at the address says that they did not ask for this, within the caller's transaction: its button works no more,
 * and nothing is sent for it. Nothing was confirmed, so nothing else is there to stop. Repeated, it changes nothing.
 */
export async function declineSignUp(unit: Repositories, signUp: Pick<SignUp, 'id'>, now: number): Promise<void> {
  await unit.signUps.decline(signUp.id, now)
}
