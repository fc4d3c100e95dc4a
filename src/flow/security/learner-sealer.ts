import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** Encrypts and decrypts with a learner's data key, which is loaded once, on first use. */
export interface LearnerSealer {
  seal(context: string, plain: string): Promise<Uint8Array>
  /** Fails with `misconfigured` if it was encrypted for another learner or context. */
  open(context: string, sealed: Uint8Array): Promise<string>
}

/**
 * `unit`: the repositories of the current transaction, otherwise the store. `known`: the wrapped data key, if it was read
 * already.
 */
export function learnerSealer(
  ports: Pick<Ports, 'sealer'>,
  unit: Repositories,
  learnerId: number,
  known: Uint8Array | null = null,
): LearnerSealer {
  let dataKey: Promise<Uint8Array> | null = known && Promise.resolve(known)
  const key = () => {
    dataKey ??= unit.learners.dataKey(learnerId, () => ports.sealer.newDataKey(learnerId))
    return dataKey
  }
  return {
    seal: async (context, plain) => ports.sealer.seal(await key(), learnerId, context, plain),
    open: async (context, sealed) => ports.sealer.open(await key(), learnerId, context, sealed),
  }
}
