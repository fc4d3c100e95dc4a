import { once } from 'node:events'
import { request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FRESH_SIGN_IN } from '../../../src/core/desk/operator-session.ts'
import { includesRole, ROLES, type Role } from '../../../src/core/desk/roles.ts'
import type { Question } from '../../../src/core/question/question.ts'
import { addressKey } from '../../../src/core/security/keys.ts'
import { inviteOperator, removeOperator } from '../../../src/flow/desk/manage-operators.ts'
import { type Access, DESK_ACCESS } from '../../../src/web/desk/desk-access.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../visitor.ts'
import { answering as answeringFor, ask as askQuestion } from './questions/answering.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
const visitors = new Map<Role | 'none', Visitor>()
/** Signed in longer ago than what needs a fresh sign-in allows. */
const stale = new Map<Role, Visitor>()
/** Those who answer for a course besides. */
const answering = new Map<Role, Visitor>()
/** Of a course that nobody of them answers for. */
let elsewhere: Question

beforeAll(async () => {
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
  for (const role of ROLES) stale.set(role, await signedIn(app, role))
  app.clock.advance(FRESH_SIGN_IN)
  for (const role of ROLES) visitors.set(role, await signedIn(app, role))
  visitors.set('none', createVisitor(app.url))
  for (const role of ROLES) {
    const address = `answers-as-${role}@example.test`
    answering.set(role, (await answeringFor(app, address, ['three-days'], role)).visitor)
  }
  elsewhere = await askQuestion(app, 'A question', { course: 'another-course' })
})
afterAll(() => app?.close())

/** Ends the session with which the table is walked, as it should. */
const SIGN_OUT = 'post /desk/sign-out'

async function ask(
  route: string,
  visitor: Visitor,
  id = 999_999,
): Promise<{ status: number; location: string | null }> {
  const [method, pattern = ''] = route.split(' ')
  const path = pattern.replace(/:\w+/, String(id))
  const { status, headers } = method === 'get' ? await visitor.get(path) : await visitor.post(path)
  return { status, location: headers.get('Location') }
}

const routes = (Object.entries(DESK_ACCESS) as [string, Access][]).filter(([route]) => route !== SIGN_OUT)
const cells = routes.flatMap(([route, access]) =>
  (['none', ...ROLES] as const).map((role) => [role, route, access] as const),
)

describe.each(cells)('%s: %s', (role, route, { role: needed, fresh, answers }) => {
  test('is let in, or not, as the table says', async () => {
    const { status, location } = await ask(route, visitors.get(role) as Visitor)
    if (needed === null) expect(location).not.toBe('/desk/sign-in')
    else if (role === 'none') expect({ status, location }).toEqual({ status: 303, location: '/desk/sign-in' })
    else if (!includesRole(role, needed) || answers) expect(status).toBe(403)
    else expect(status).not.toBe(403)
  })

  if (answers && role !== 'none')
    test('is for those who answer for a course, and role gives it to nobody', async () => {
      expect((await ask(route, answering.get(role) as Visitor)).status).not.toBe(403)
    })

  if (answers && role !== 'none' && route.includes(':id'))
    test('is for the questions of that course: those of another do not exist', async () => {
      expect((await ask(route, answering.get(role) as Visitor, elsewhere.id)).status).toBe(404)
      expect((await ask(route, visitors.get(role) as Visitor, elsewhere.id)).status).toBe(403)
    })

  if (fresh && role !== 'none')
    test('needs a fresh sign-in', async () => {
      expect((await ask(route, stale.get(role) as Visitor)).status).toBe(403)
    })
})

const posts = routes.flatMap(([route]) => (route.startsWith('post ') ? [route.slice('post '.length)] : []))

test.each(posts)('a form of another site is refused at %s', async (pattern) => {
  const answer = await (visitors.get('owner') as Visitor).send(pattern.replace(/:\w+/, '999999'), {
    ...{ method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://other.example' } },
    body: new URLSearchParams({ reason: 'asked' }),
  })
  expect(answer.status).toBe(403)
})

test('every page of the desk is in the table', async () => {
  const { readdirSync, readFileSync } = await import('node:fs')
  const folder = new URL('../../../src/web/desk/', import.meta.url)
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const sources = names.map((name) => readFileSync(new URL(name, folder), 'utf8'))
  const routers = sources.filter((text) => /\bRouter\(\)/.test(text))
  expect(routers).toHaveLength(1)
  expect(routers[0]?.match(/router\.(get|post|put|patch|delete|all)\b/g)).toEqual(['router.get', 'router.post'])
})

test('signing out needs nothing, and ends what there is', async () => {
  const someone = await signedIn(app, 'author')
  expect((await someone.post('/desk/sign-out')).status).toBe(303)
  expect((await createVisitor(app.url).post('/desk/sign-out')).status).toBe(303)
  expect((await someone.get('/desk')).status).toBe(303)
})

describe('a list that takes long to arrive', () => {
  const LIST = new URLSearchParams({ list: 'email\nslow@example.test\n' }).toString()

  /** Sends the second half once `meanwhile` has happened. The status. */
  async function uploadSlowly(visitor: Visitor, meanwhile: () => Promise<unknown>): Promise<number | undefined> {
    const upload = request(new URL('/desk/suppression/import', app.url), {
      method: 'POST',
      headers: {
        ...{ Cookie: [...visitor.cookies].map((pair) => pair.join('=')).join('; ') },
        ...{ 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': LIST.length },
      },
    })
    const answered = once(upload, 'response')
    upload.write(LIST.slice(0, 10))
    // Long enough to be let in.
    await wait(200)
    await meanwhile()
    upload.end(LIST.slice(10))
    const [answer] = await answered
    answer.resume()
    return answer.statusCode
  }

  const isSuppressed = async () =>
    (
      await (visitors.get('owner') as Visitor).post('/desk/suppression/find', { address: 'slow@example.test' })
    ).text.includes('No email goes to this address since')

  test('is refused if its operator was removed meanwhile', async () => {
    const visitor = await signedIn(app, 'operator', 'leaving@example.test')
    const { ports } = app.app
    const operator = await ports.store.operators.byKey(addressKey(ports.keys, 'leaving@example.test'))
    const status = await uploadSlowly(visitor, () => removeOperator(ports, null, operator?.id ?? 0))
    expect({ status, isSuppressed: await isSuppressed() }).toEqual({ status: 303, isSuppressed: false })
  })

  test('is refused if its operator has another role by now', async () => {
    const visitor = await signedIn(app, 'operator', 'author-soon@example.test')
    const invitation = { address: 'author-soon@example.test', role: 'author' } as const
    const status = await uploadSlowly(visitor, () => inviteOperator(app.app.ports, null, invitation))
    expect({ status, isSuppressed: await isSuppressed() }).toEqual({ status: 403, isSuppressed: false })
  })

  test('of somebody who may send it is read', async () => {
    const status = await uploadSlowly(visitors.get('operator') as Visitor, async () => {})
    expect({ status, isSuppressed: await isSuppressed() }).toEqual({ status: 200, isSuppressed: true })
  })
})
