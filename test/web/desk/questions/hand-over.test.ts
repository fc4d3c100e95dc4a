import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { runDesk } from '../../../../src/cli/desk.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../../support/test-app.ts'
import { createTestStore, type TestStore } from '../../../support/test-store.ts'
import type { Visitor } from '../../visitor.ts'
import { signedIn } from '../signed-in.ts'
import { type Answering, answering, ask } from './answering.ts'

/** On Postgres with TEST_DATABASE=postgres. */
let database: TestStore
let app: TestApp
let owner: Visitor
let heir: Answering
let leaver: Answering
let question: number
let round = 0

beforeAll(async () => {
  database = await createTestStore()
  const env = { COURSE: 'three-days', DATABASE_URL: database.url }
  app = await createTestApp({ env, overrides: { lessonsDir: FIXTURE_COURSES } })
  owner = await signedIn(app, 'owner')
  heir = await answering(app, 'heir@example.test')
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

beforeEach(async () => {
  round += 1
  leaver = await answering(app, address())
  question = (await ask(app, 'Whose now?')).id
  await leaver.visitor.post(`/desk/questions/${question}/draft`, { as: 'save', text: 'Half an answer' })
  await leaver.visitor.post(`/desk/questions/${question}/assign`, { to: String(leaver.id) })
})

const address = () => `leaver-${round}@example.test`
const run = (...args: string[]) => runDesk(app.app.ports, args)
const assigned = async () => (await app.app.ports.store.questions.byId(question))?.assignedTo
const remove = (more: Record<string, string> = {}) =>
  owner.post('/desk/operators/remove', { operator: String(leaver.id), ...more })
const revoke = (more: Record<string, string> = {}) =>
  owner.post('/desk/operators/answers', { operator: String(leaver.id), course: 'three-days', as: 'revoke', ...more })

test.each([
  ['is removed', remove],
  ['no longer answers for the course', revoke],
])('who %s hands over first, and the page asks to whom', async (_, leave) => {
  const asks = await leave()
  expect(asks.status).toBe(200)
  expect(asks.text).toContain('Who gets their questions?')
  expect(asks.text).toContain('three-days: 1 question')
  expect(asks.text).toContain(`<option value="${heir.id}">heir@example.test</option>`)
  expect(await assigned()).toBe(leaver.id)
  expect((await leave({ 'heir-three-days': '999' })).status).toBe(400)
  expect((await leave({ 'heir-three-days': String(leaver.id) })).status).toBe(400)
  expect(await app.app.ports.store.answersFor.coursesOf(leaver.id)).toEqual(['three-days'])
  expect((await leave({ 'heir-three-days': String(heir.id) })).status).toBe(303)
  expect(await assigned()).toBe(heir.id)
  expect(await app.app.ports.store.answersFor.coursesOf(leaver.id)).toEqual([])
  const lines = await app.app.ports.store.auditLog.page({ act: 'hand-over-questions' }, null, 1)
  expect(lines[0]?.details).toEqual({ operator: leaver.id, course: 'three-days', to: heir.id, questions: 1 })
  // The draft goes along.
  expect((await heir.visitor.get(`/desk/questions/${question}`)).text).toContain('>Half an answer</textarea>')
  await app.app.ports.store.questionDrafts.remove(question, heir.id)
})

test('without a colleague they are back in the inbox, and the draft is gone', async () => {
  expect((await remove({ 'heir-three-days': 'inbox' })).status).toBe(303)
  expect(await assigned()).toBeNull()
  expect(await app.app.ports.store.questionDrafts.of(question, leaver.id)).toBeNull()
})

test('a draft of the heir’s own stays, and what the leaver was asked to look at is withdrawn', async () => {
  await heir.visitor.post(`/desk/questions/${question}/draft`, { as: 'save', text: 'My own' })
  await heir.visitor.post(`/desk/questions/${question}/ask-look`, { of: String(leaver.id) })
  await revoke({ 'heir-three-days': String(heir.id) })
  const page = (await heir.visitor.get(`/desk/questions/${question}`)).text
  expect(page).toContain('>My own</textarea>')
  expect(page).not.toContain('was asked to look')
})

test('whoever is assigned nothing, or only what is closed, is not asked', async () => {
  await leaver.visitor.post(`/desk/questions/${question}/state`, { as: 'close' })
  expect((await revoke()).status).toBe(303)
  expect(await assigned()).toBeNull()
})

test('the command line asks too', async () => {
  for (const words of [
    ['remove', address()],
    ['revoke', address(), '--answers-for', 'three-days'],
  ]) {
    const asks = await run(...words)
    expect(asks).toMatchObject({ status: 1, text: expect.stringContaining('three-days: 1') })
    expect(asks.text).toContain('--hand-to')
    expect((await run(...words, '--hand-to', 'nobody@example.test')).status).toBe(1)
    expect((await run(...words, '--hand-to')).status).toBe(2)
    expect((await run(...words, '--to-inbox', 'x')).status).toBe(2)
  }
  expect(await run('revoke', address(), '--answers-for', 'three-days', '--hand-to', 'heir@example.test')).toMatchObject(
    {
      status: 0,
    },
  )
  expect(await assigned()).toBe(heir.id)
  expect(await run('remove', address(), '--to-inbox')).toMatchObject({ status: 0 })
})
