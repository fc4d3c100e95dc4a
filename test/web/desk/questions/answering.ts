import type { Role } from '../../../../src/core/desk/roles.ts'
import { messageContext, type Question } from '../../../../src/core/question/question.ts'
import { addressKey } from '../../../../src/core/security/keys.ts'
import type { NewQuestion } from '../../../../src/flow/ports/question-ports.ts'
import { learnerSealer } from '../../../../src/flow/security/learner-sealer.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { enrolForTest } from '../../../support/test-store.ts'
import type { Visitor } from '../../visitor.ts'
import { signedIn } from '../signed-in.ts'

export interface Answering {
  readonly id: number
  readonly visitor: Visitor
}

/** Somebody who is signed in and answers for these courses. */
export async function answering(
  app: TestApp,
  address: string,
  courses: readonly string[] = ['three-days'],
  role: Role = 'author',
): Promise<Answering> {
  const { ports } = app.app
  const visitor = await signedIn(app, role, address)
  const { id } = (await ports.store.operators.byKey(addressKey(ports.keys, address))) ?? { id: 0 }
  for (const course of courses) await ports.store.answersFor.grant(id, course, ports.clock.now())
  return { id, visitor }
}

/** A learner's question in the database, as asking by the form leaves it. */
export async function ask(
  app: TestApp,
  text: string,
  { address = 'mara@example.test', ...more }: Partial<NewQuestion> & { readonly address?: string } = {},
): Promise<Question> {
  const { store, clock } = app.app.ports
  const learner = await store.learners.ensure({ address, addressKey: `key of ${address}`, now: clock.now() })
  const [known] = await store.enrolments.ofLearner(learner.id)
  const joined = known ?? (await enrolForTest(store, { now: clock.now(), days: 0, address })).enrolment
  const question = await store.questions.add({
    ...{ learnerId: joined.learnerId, enrolmentId: joined.id, course: 'three-days', language: 'en', day: 1 },
    ...{ via: 'form', state: 'waiting', urgent: false, allowsName: false, askedAt: clock.now() },
    ...more,
  })
  await write(app, question, text)
  return question
}

/** A further message of the learner. Returns its id. */
export async function write(app: TestApp, { id, learnerId }: Question, text: string): Promise<number> {
  const { ports } = app.app
  const message = { questionId: id, by: 'learner' as const, at: ports.clock.now() }
  const sealed = await learnerSealer(ports, ports.store, learnerId).seal(messageContext(message), text)
  const rest = { learnerId, operatorId: null, sealed, via: 'form' as const, deliveryId: null }
  return ports.store.questions.addMessage({ ...message, ...rest })
}
