import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'

/** Seals and opens with a learner's own data key, which is looked up once, when it is first needed. */
export interface LearnerSealer {
  seal(context: string, plain: string): Promise<Uint8Array>
  /** Fails with `misconfigured` for what was sealed for another learner or another context. */
  open(context: string, sealed: Uint8Array): Promise<string>
}

/** `unit`: inside a transaction the repositories handed to it, else the store. */
export function learnerSealer(ports: Pick<Ports, 'sealer'>, unit: Repositories, learnerId: number): LearnerSealer {
  let dataKey: Promise<Uint8Array> | null = null
  const key = () => {
    dataKey ??= unit.learners.dataKey(learnerId, () => ports.sealer.newDataKey(learnerId))
    return dataKey
  }
  return {
    seal: async (context, plain) => ports.sealer.seal(await key(), learnerId, context, plain),
    open: async (context, sealed) => ports.sealer.open(await key(), learnerId, context, sealed),
  }
}
