import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { courseWithQuestions } from '../../../support/question/course-with-questions.ts'
import { createTestApp, type TestApp } from '../../../support/test-app.ts'
import type { Visitor } from '../../visitor.ts'
import { signedIn } from '../signed-in.ts'
import { type Answering, answering, ask } from './answering.ts'

const DAY = 86_400_000
let folder: Awaited<ReturnType<typeof courseWithQuestions>>
let app: TestApp
let mira: Answering
let operator: Visitor

beforeAll(async () => {
  folder = await courseWithQuestions()
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: folder.lessonsDir } })
  mira = await answering(app, 'mira@example.test')
})
afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

const today = async (visitor: Visitor) => (await visitor.get('/desk')).text
const gauge = async () =>
  /bootcamp_questions_overdue\{course="three-days"\} (\d+)/.exec(await (await fetch(`${app.url}/metrics`)).text())?.[1]

test('what waits for longer than the course says is usual stands on Today, as a number for everybody else, and in the metrics', async () => {
  const { id } = await ask(app, 'a canary', { urgent: true })
  await ask(app, 'an answered one', { state: 'unconfirmed' })
  expect(await gauge()).toBe('0')
  expect(await today(mira.visitor)).not.toContain('for longer than')
  app.clock.advance(3 * DAY + 1)
  await ask(app, 'a young one')
  mira = await answering(app, 'mira@example.test')
  operator = await signedIn(app, 'operator')
  const own = await today(mira.visitor)
  expect(own).toContain('<a href="/desk/questions?course=three-days">A question in three-days waits')
  const others = await today(operator)
  expect(others).toContain('A question waits for longer than the course says is usual.')
  expect(others).not.toContain('/desk/questions')
  expect((await operator.get('/desk/figures')).text).toContain('for longer than')
  expect(own + others).not.toContain('canary')
  expect(await gauge()).toBe('1')
  const inbox = (await mira.visitor.get('/desk/questions')).text
  expect(inbox).toContain('waits too long')
  expect(inbox).toContain('3 days')
  expect((await mira.visitor.get(`/desk/questions/${id}`)).text).toContain('waits too long')
})
