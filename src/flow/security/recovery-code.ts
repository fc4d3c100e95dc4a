import { recoveryCode, recoveryHash } from '../../core/learner/recovery-code.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** The learner's recovery code; null if there is none. */
export async function viewRecoveryCode(
  ports: Pick<Ports, 'keys' | 'store'>,
  learnerId: number,
): Promise<string | null> {
  const round = await ports.store.learners.recoveryRound(learnerId)
  return round === null ? null : recoveryCode(ports.keys, learnerId, round)
}

/** Gives the learner a recovery code unless there is one, within the caller's transaction. Returns the code. */
export async function ensureRecoveryCode(
  { keys }: Pick<Ports, 'keys'>,
  unit: Repositories,
  learnerId: number,
): Promise<string> {
  const round = await unit.learners.recoveryRound(learnerId)
  return round === null ? setRound(keys, unit, learnerId, null) : recoveryCode(keys, learnerId, round)
}

/** Replaces the code within the caller's transaction, so that the former one opens nothing. */
export async function renewRecoveryCode(
  { keys }: Pick<Ports, 'keys'>,
  unit: Repositories,
  learnerId: number,
): Promise<string> {
  return setRound(keys, unit, learnerId, await unit.learners.recoveryRound(learnerId))
}

async function setRound(
  keys: Ports['keys'],
  unit: Repositories,
  learnerId: number,
  before: number | null,
): Promise<string> {
  const round = before === null ? 1 : before + 1
  const code = recoveryCode(keys, learnerId, round)
  const hash = recoveryHash(keys, code)
  if (hash === null) throw new Error('a recovery code cannot be read')
  await unit.learners.setRecovery(learnerId, { before, round, hash })
  return code
}
