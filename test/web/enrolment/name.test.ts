import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'

let parts: TestApp
let joined: SignedUpLearner

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  joined = await join(parts, 'name@example.test', { name: 'Mara' })
})
afterAll(() => parts?.close())

const stored = () => queryRows(parts.dataDir, 'select name from enrolment').map(({ name }) => name)
const settings = () => `${joined.lessonLink}/settings`

test('the name can be changed in a session of one’s own, and greets from the next lesson on', async () => {
  expect((await joined.visitor.get(settings())).text).toContain('value="Mara"')
  const saved = await joined.visitor.post(settings(), {
    all: '1',
    name: 'Marlene',
    timeZone: 'Europe/Berlin',
    hour: '7',
  })
  expect([saved.status, stored()]).toEqual([303, ['Marlene']])
  parts.clock.set('2026-03-03T12:00:00Z')
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  const lesson = (await parts.mail.waitForMail(joined.address, 3)).at(-1)
  expect(lesson?.mail.text).toContain('Marlene')
  expect(lesson?.mail.text).not.toContain('Mara,')
})

test('what is no name is told at its field, and nothing changes', async () => {
  const refused = await joined.visitor.post(settings(), { name: 'see https://evil.example', hour: '9' })
  expect(refused.status).toBe(400)
  expect(refused.text).toContain('id="fault-name"')
  expect(stored()).toEqual(['Marlene'])
})

test('a link alone neither shows nor changes it', async () => {
  const stranger = createVisitor(parts.url)
  expect((await stranger.get(settings())).text).not.toContain('Marlene')
  await stranger.postJson(settings(), { name: 'Somebody' })
  await stranger.post(settings(), { all: '1', name: 'Somebody', timeZone: 'Europe/Berlin', hour: '7' })
  expect(stored()).toEqual(['Marlene'])
})
