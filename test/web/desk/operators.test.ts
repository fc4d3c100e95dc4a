import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runDesk } from '../../../src/cli/desk.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
let owner: Visitor

beforeAll(async () => {
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
  owner = await signedIn(app, 'owner')
})
afterAll(() => app?.close())

const run = (...args: string[]) => runDesk(app.app.ports, args)
const all = () => app.app.ports.store.operators.all()
const idOf = async (address: string) => (await all()).find((operator) => operator.address === address)?.id ?? 0
const invite = (email: string, role: string) => owner.post('/desk/operators/invite', { email, role })

test('an invitation leads to the desk and has no secret; every other owner is told, with the address masked', async () => {
  expect((await run('invite', 'second@example.test', '--role', 'owner')).text).toMatch(/^Invited/)
  const [told] = await app.mail.waitForMail('owner@example.test', 1)
  expect(told?.mail.text).toContain('s•••@example.test is now: owner')
  expect(told?.mail.text).not.toContain('second@')
  const answer = await invite('new@example.test', 'author')
  expect(answer.headers.get('Location')).toBe('/desk/operators?done=invited')
  const [mail] = await app.mail.waitForMail('new@example.test', 1)
  expect(mail?.mail.text).toContain(`${app.url}/desk\n`)
  expect(mail?.mail.text).not.toContain('/open/')
  expect(await app.mail.waitForMail('second@example.test', 2)).toHaveLength(2)
})

test('an invitation of somebody who is there changes the role at once', async () => {
  const author = await signedIn(app, 'author', 'new@example.test')
  expect((await author.get('/desk/operators')).status).toBe(403)
  expect((await invite('NEW@example.test', 'owner')).headers.get('Location')).toBe('/desk/operators?done=changed')
  expect((await author.get('/desk/operators')).status).toBe(200)
})

test.each([
  ['not an address', 'author'],
  ['other@example.test', 'boss'],
])('%j as %s is refused with what is wrong', async (email, role) => {
  const answer = await invite(email, role)
  expect(answer.status).toBe(400)
  expect(answer.text).toContain('role="alert"')
})

test('somebody who is removed is signed out everywhere, and their address is forgotten', async () => {
  const gone = await signedIn(app, 'author', 'new@example.test')
  const id = await idOf('new@example.test')
  expect((await owner.post('/desk/operators/remove', { operator: String(id) })).status).toBe(303)
  expect((await gone.get('/desk')).status).toBe(303)
  expect((await owner.post('/desk/operators/remove', { operator: String(id) })).status).toBe(404)
  expect(await app.app.ports.store.operators.byId(id)).toBeNull()
  expect((await owner.get('/desk/audit')).text).toContain(`operator: ${id}`)
  // The number is not given to anybody else.
  await invite('new@example.test', 'author')
  expect(await idOf('new@example.test')).not.toBe(id)
})

test('the last owner can be neither removed nor made less, from the desk and from the command line', async () => {
  expect(await run('remove', 'second@example.test')).toMatchObject({ status: 0 })
  const id = await idOf('owner@example.test')
  expect((await owner.post('/desk/operators/remove', { operator: String(id) })).text).toContain('the only owner')
  expect((await invite('owner@example.test', 'author')).text).toContain('the only owner')
  expect(await run('remove', 'owner@example.test')).toMatchObject({
    status: 1,
    text: expect.stringContaining('only owner'),
  })
  await expect(run('invite', 'owner@example.test', '--role', 'author')).rejects.toMatchObject({ code: 'bad-input' })
  expect((await all()).filter(({ role }) => role === 'owner')).toHaveLength(1)
})

test('the command line prints a link for the owner or anybody in the list, and lists them', async () => {
  for (const words of [['link'], ['link', 'new@example.test']]) {
    const { text } = await run(...words)
    const visitor = createVisitor(app.url)
    expect((await visitor.post(new URL(text.split('\n')[0] ?? '').pathname)).status).toBe(303)
  }
  expect((await run('list')).text).toMatch(/owner {5}\S+ {2}owner@example\.test\nauthor/)
  expect(await run('link', 'nobody@example.test')).toMatchObject({ status: 1 })
  expect(await run('invite', 'x', '--role', 'author')).toMatchObject({ status: 1 })
  expect(await run('invite', 'x@example.test', '--role', 'boss')).toMatchObject({ status: 1 })
  for (const words of [[], ['boss'], ['link', 'a', 'b'], ['invite', 'a@example.test'], ['audit', '--chek']])
    expect(await run(...words)).toMatchObject({ status: 2 })
})

describe('answering for a course', () => {
  const answers = (operator: number, course: string, as: string) =>
    owner.post('/desk/operators/answers', { operator: String(operator), course, as })
  const lastAct = async () => (await app.app.ports.store.auditLog.page({}, null, 1))[0]
  const toOwner = () => app.mail.accepted.filter(({ to }) => to === 'owner@example.test')

  test('is given by an owner for each course, is in the audit log, and every owner is told, also the one who did it', async () => {
    const id = await idOf('new@example.test')
    const before = toOwner().length
    expect((await answers(id, 'three-days', 'grant')).headers.get('Location')).toBe('/desk/operators?done=granted')
    expect(await app.app.ports.store.answersFor.coursesOf(id)).toEqual(['three-days'])
    expect(await lastAct()).toMatchObject({ act: 'grant-answers', details: { operator: id, course: 'three-days' } })
    expect(toOwner()).toHaveLength(before + 1)
    expect(toOwner().at(-1)?.mail.text).toContain('n•••@example.test now opens and answers the questions')
    // A second time nothing changes, so nobody is told.
    await answers(id, 'three-days', 'grant')
    expect(toOwner()).toHaveLength(before + 1)
    expect((await answers(id, 'no-such-course', 'grant')).status).toBe(400)
    expect((await answers(999, 'three-days', 'grant')).status).toBe(404)
    expect((await answers(id, 'three-days', 'nonsense')).status).toBe(400)
  })

  test('is taken away, which every owner is told too', async () => {
    const id = await idOf('new@example.test')
    const before = toOwner().length
    expect((await answers(id, 'three-days', 'revoke')).headers.get('Location')).toBe('/desk/operators?done=revoked')
    expect(await app.app.ports.store.answersFor.coursesOf(id)).toEqual([])
    expect(await lastAct()).toMatchObject({ act: 'revoke-answers', details: { operator: id, course: 'three-days' } })
    expect(toOwner()).toHaveLength(before + 1)
    expect((await answers(id, 'three-days', 'revoke')).status).toBe(404)
  })

  test('is given and taken away from the command line, and ends when somebody is removed', async () => {
    const invited = await run('invite', 'mira@example.test', '--role', 'author', '--answers-for', 'three-days')
    expect(invited).toMatchObject({
      status: 0,
      text: expect.stringContaining('They answer the questions of three-days.'),
    })
    expect((await run('list')).text).toMatch(/mira@example\.test {2}answers for three-days/)
    expect(await run('revoke', 'mira@example.test', '--answers-for', 'three-days')).toMatchObject({ status: 0 })
    expect(await run('revoke', 'mira@example.test', '--answers-for', 'three-days')).toMatchObject({ status: 1 })
    expect(await run('revoke', 'nobody@example.test', '--answers-for', 'three-days')).toMatchObject({ status: 1 })
    const wrong = await run('invite', 'x@example.test', '--role', 'author', '--answers-for', 'nonsense')
    expect(wrong).toMatchObject({ status: 1, text: expect.stringContaining('three-days') })
    expect(await idOf('x@example.test')).toBe(0)
    await run('invite', 'mira@example.test', '--role', 'author', '--answers-for', 'three-days')
    await run('remove', 'mira@example.test')
    expect(await app.app.ports.store.answersFor.all()).toEqual([])
  })
})
