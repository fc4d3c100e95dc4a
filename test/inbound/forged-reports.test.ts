import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { queryRows } from '../support/database/database-rows.ts'
import { complaintReport, deliverReport, deliveryReport } from '../support/sample-reports.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'
import { waitFor } from '../support/wait-for.ts'

let parts: TestApp
let port: number

beforeAll(async () => {
  parts = await createTestApp({
    env: { COURSE: 'three-days', RETURN_PATH_DOMAIN: 'bounces.course.example', BOUNCE_PORT: '0' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  port = (await parts.app.listenForReports())?.port ?? 0
})
afterAll(() => parts?.close())

test('forged reports about a stranger’s sign-ups at many domains do not pause sending for others', async () => {
  const visitor = createVisitor(parts.url)
  for (let index = 0; index < 20; index += 1) {
    const address = `mallory-${index}@d${index % 6}.example`
    await visitor.post('/sign-up', { email: address, timeZone: 'UTC', hour: '7' })
    const [mail] = await parts.mail.waitForMail(address, 1)
    const report = [
      { status: '5.7.1', diagnostic: '550 5.7.1 spam message rejected' },
      { status: '5.7.26', diagnostic: '550 5.7.26 unauthenticated' },
      { status: '5.1.1', diagnostic: '550 5.1.1 user unknown' },
    ][index % 3]
    const returnPath = (mail as { from: string }).from
    expect(await deliverReport(port, returnPath, deliveryReport({ to: returnPath, ...report }))).toBe(250)
    await deliverReport(port, returnPath, complaintReport({ mailFrom: returnPath }))
  }
  await waitFor(
    () => queryRows(parts.dataDir, 'select id from mail_event where applied_at is null').length === 0,
    'every report applied',
  )
  expect(queryRows(parts.dataDir, 'select state from stream')).toEqual([{ state: 'open' }])
  await join(parts, 'honest@example.test')
})
