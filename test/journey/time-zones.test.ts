import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { changeDatabase, waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'

let parts: TestApp
beforeAll(async () => {
  const env = { COURSE: 'three-days' }
  parts = await createTestApp({ worker: true, env, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

test.each(['IST', 'PST', 'JST', 'BST'])('%s is refused at sign-up with places that may be meant', async (timeZone) => {
  const body = { email: 'zoe@example.test', timeZone, hour: 7 }
  const answer = await createVisitor(parts.url).postJson('/sign-up', body)
  expect(answer.status).toBe(400)
  expect(JSON.parse(answer.text).fields.timeZone).toMatch(/such as [A-Z][a-z]+\/[A-Z]/)
})

test('a zone that was taken earlier and is not known any more holds nothing up', async () => {
  const visitor = createVisitor(parts.url)
  await visitor.post('/sign-up', { email: 'mara@example.test', timeZone: 'Europe/Berlin', hour: '7' })
  const [confirmation] = await parts.mail.waitForMail('mara@example.test')
  changeDatabase(parts.dataDir, "update sign_up set time_zone = 'IST'")
  expect((await visitor.post(linkOf(confirmation as Accepted, '/confirm/'))).status).toBe(200)
  const [, lesson] = await parts.mail.waitForMail('mara@example.test', 2)
  expect((await visitor.get(linkOf(lesson as Accepted, '/l/'))).status).toBe(200)
  changeDatabase(parts.dataDir, "update enrolment set time_zone = 'Mars/Olympus'")
  parts.clock.advance(2 * 86_400_000)
  await parts.mail.waitForMail('mara@example.test', 3)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
})
