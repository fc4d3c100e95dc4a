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
  return round === null
    ? setRound(keys, unit, learnerId, { before: null, round: 1 })
    : recoveryCode(keys, learnerId, round)
}

/** Replaces the code within the caller's transaction, so that the former one opens nothing. */
export async function renewRecoveryCode(
  { keys }: Pick<Ports, 'keys'>,
  unit: Repositories,
  learnerId: number,
): Promise<string> {
  const before = await unit.learners.recoveryRound(learnerId)
  return setRound(keys, unit, learnerId, { before, round: (before ?? 0) + 1 })
}

/** More codes than anybody asks for between two changes of address. */
const ROUNDS_OF_A_CHANGE = 1_000_000

/**
 * The code that this change of address gives to a learner who has one. The learner sees it when they ask for the change, so
 * it is a code of this change alone: a request that is never confirmed tells nothing about later codes. Null without a code.
 */
export async function recoveryCodeOfChange(
  { keys }: Pick<Ports, 'keys'>,
  unit: Repositories,
  learnerId: number,
  changeId: number,
): Promise<string | null> {
  if ((await unit.learners.recoveryRound(learnerId)) === null) return null
  return recoveryCode(keys, learnerId, changeId * ROUNDS_OF_A_CHANGE)
}

/** Puts the code of this change of address in the place of the former one, within the caller's transaction. */
export async function setRecoveryCodeOfChange(
  { keys }: Pick<Ports, 'keys'>,
  unit: Repositories,
  learnerId: number,
  changeId: number,
): Promise<void> {
  const before = await unit.learners.recoveryRound(learnerId)
  if (before !== null) await setRound(keys, unit, learnerId, { before, round: changeId * ROUNDS_OF_A_CHANGE })
}

async function setRound(
  keys: Ports['keys'],
  unit: Repositories,
  learnerId: number,
  { before, round }: { readonly before: number | null; readonly round: number },
): Promise<string> {
  const code = recoveryCode(keys, learnerId, round)
  const hash = recoveryHash(keys, code)
  if (hash === null) throw new Error('a recovery code cannot be read')
  await unit.learners.setRecovery(learnerId, { before, round, hash })
  return code
}
