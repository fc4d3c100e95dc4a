import { messageContext } from '../../../src/core/question/question.ts'
import { learnerSealer } from '../../../src/flow/security/learner-sealer.ts'
import type { TestApp } from '../test-app.ts'

export interface Thread {
  readonly state: string
  readonly day: number | null
  readonly via: string
  readonly texts: readonly string[]
}

/** The questions of a learner as they are stored, decrypted. */
export async function threadsOf({ app }: TestApp, learnerId: number): Promise<readonly Thread[]> {
  const { store } = app.ports
  const sealer = learnerSealer(app.ports, store, learnerId)
  const threads = await store.questions.ofLearner(learnerId)
  return Promise.all(
    threads.map(async ({ id, state, day, via }) => {
      const messages = await store.questions.messages(id)
      const texts = messages.map((message) => sealer.open(messageContext(message), message.sealed))
      return { state, day, via, texts: await Promise.all(texts) }
    }),
  )
}
