import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../../support/test-app.ts'
import { createTestStore, type TestStore } from '../../../support/test-store.ts'
import { createVisitor } from '../../../support/visitor.ts'
import type { Visitor } from '../../visitor.ts'
import { answering } from './answering.ts'

/** On Postgres with TEST_DATABASE=postgres. */
let database: TestStore
let app: TestApp
let author: Visitor
let colleague: Visitor
let stranger: Visitor

beforeAll(async () => {
  database = await createTestStore()
  const env = { COURSE: 'three-days', DATABASE_URL: database.url }
  app = await createTestApp({ env, overrides: { lessonsDir: FIXTURE_COURSES } })
  author = (await answering(app, 'author@example.test')).visitor
  colleague = (await answering(app, 'colleague@example.test')).visitor
  stranger = (await answering(app, 'stranger@example.test', ['another-course'])).visitor
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

const page = async (visitor: Visitor) => (await visitor.get('/desk/passages')).text
const passage = { course: 'three-days', title: 'When to look for help', text: 'A counsellor near you *can* help.' }
const lastAct = async () => (await app.app.ports.store.auditLog.page({}, null, 1))[0]

test('a passage is added, seen by everybody who answers for its course, changed and removed', async () => {
  expect((await author.post('/desk/passages', passage)).headers.get('Location')).toBe('/desk/passages?done=saved')
  expect(await lastAct()).toMatchObject({ act: 'add-passage', details: { passage: 1, course: 'three-days' } })
  expect(await page(colleague)).toContain('When to look for help')
  expect((await colleague.post('/desk/passages', { passage: '1', title: 'Help', text: 'Else' })).status).toBe(303)
  expect(await page(author)).toMatch(/<summary>Help<\/summary>.*>Else<\/textarea>/s)
  expect((await author.post('/desk/passages/remove', { passage: '1' })).status).toBe(303)
  expect(await page(author)).not.toContain('Help')
  expect((await author.post('/desk/passages/remove', { passage: '1' })).status).toBe(404)
})

test('it belongs to its course: whoever answers for another one neither sees nor changes it', async () => {
  await author.post('/desk/passages', passage)
  const { id = 0 } = (await app.app.ports.store.savedPassages.ofCourses(['three-days']))[0] ?? {}
  expect(await page(stranger)).not.toContain('When to look for help')
  const change = { passage: String(id), title: 'Mine', text: 'now' }
  expect((await stranger.post('/desk/passages', change)).status).toBe(404)
  expect((await stranger.post('/desk/passages/remove', { passage: String(id) })).status).toBe(404)
  expect((await stranger.post('/desk/passages', passage)).status).toBe(404)
  expect(await page(author)).toContain('When to look for help')
})

test('an empty or endless one is refused, and what was written is still there', async () => {
  const empty = await author.post('/desk/passages', { ...passage, text: ' ' })
  expect(empty.status).toBe(400)
  expect(empty.text).toContain('A passage needs a name and a text.')
  expect(empty.text).toContain('value="When to look for help"')
  expect((await author.post('/desk/passages', { ...passage, text: 'x'.repeat(5_001) })).status).toBe(400)
})

test('NUL, which Postgres cannot store, is left out of a passage and in no address', async () => {
  const nul = { course: 'three-days', title: 'With\0 NUL', text: 'One\0two' }
  expect((await author.post('/desk/passages', nul)).status).toBe(303)
  expect(await page(author)).toMatch(/<summary>With NUL<\/summary>.*>Onetwo<\/textarea>/s)
  for (const path of ['/n/%00', '/courses/three-days/library/questions/a%00b', '/read/%00', '/desk/passages?done=%00'])
    expect((await createVisitor(app.url).get(path)).status).toBe(404)
})
