import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createTestStore, type TestStore } from '../../support/test-store.ts'
import { createVisitor, type Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

/** On SQLite, and with TEST_DATABASE=postgres on Postgres, whose texts cannot contain a NUL. */
let database: TestStore
let app: TestApp
let owner: Visitor

beforeAll(async () => {
  database = await createTestStore()
  app = await createTestApp({
    env: { COURSE: 'three-days', DATABASE_URL: database.url },
    overrides: { lessonsDir: FIXTURE_COURSES },
  })
  owner = await signedIn(app, 'owner')
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const MOST = String(Number.MAX_SAFE_INTEGER)
const STRANGE = ['\0', 'a\0b@example.test', MOST, `${MOST}-${MOST}`, '2026-02-31', '\u{1f600}']

const QUERIES = {
  people: ['course', 'state', 'day', 'event', 'week', 'date', 'bounced', 'after', 'done'],
  deliveries: ['course', 'state', 'day', 'date', 'after', 'settled', 'left'],
  audit: ['act', 'operator', 'learner', 'before'],
}

test.each(Object.entries(QUERIES))('any query of the list of %s is answered', async (list, names) => {
  for (const name of names)
    for (const value of STRANGE) {
      const path = `/desk/${list}?${new URLSearchParams({ [name]: value })}`
      // A NUL is in no address of the site.
      const status = value.includes('\0') ? 404 : 200
      expect({ path, status: (await owner.get(path)).status }).toEqual({ path, status })
    }
})

test.each(['people', 'deliveries', 'consents'])('an id that nobody has is none of the %s', async (list) => {
  for (const id of [MOST, '2147483648', '%00', '1e3', '%F0%9F%98%80'])
    expect({ id, status: (await owner.get(`/desk/${list}/${id}`)).status }).toEqual({ id, status: 404 })
})

test.each([
  ['people/find', 'address'],
  ['suppression/find', 'address'],
  ['account/sessions/end', 'session'],
  ['account/passkeys/remove', 'passkey'],
  ['account/time-zone', 'zone'],
  ['operators/invite', 'email'],
  ['operators/remove', 'operator'],
  ['set-aside/report', 'report'],
])('any value posted to %s gets an answer', async (path, name) => {
  for (const value of STRANGE) {
    const fields = { [name]: value, reason: 'asked', role: 'author', as: 'drop' }
    expect((await owner.post(`/desk/${path}`, fields)).status).toBeLessThan(500)
  }
})

test('a list of addresses with a NUL in a reason is read like any other', async () => {
  const answer = await owner.post('/desk/suppression/import', { list: 'email,reason\nada@example.test,wro\0te\n' })
  expect(answer.status).toBe(200)
  expect((await owner.post('/desk/suppression/find', { address: 'ada@example.test' })).text).toContain(
    'No email goes to this address since',
  )
})

test('a passkey whose name nobody could have is refused', async () => {
  const stranger = createVisitor(app.url)
  const answer = await stranger.postJson('/desk/sign-in/passkey', { id: 'a\0b', response: {} })
  expect(answer.status).toBe(404)
})
