import { writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runSuppression } from '../../src/cli/suppression.ts'
import { deriveKeys } from '../../src/core/security/keys.ts'
import type { Ports } from '../../src/flow/ports/ports.ts'
import { queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'

let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})

afterAll(() => parts?.close())

const run = (...args: string[]) => runSuppression(parts.app.ports, args)

async function file(text: string): Promise<string> {
  const path = joinPath(parts.dataDir, 'list.csv')
  await writeFile(path, text)
  return path
}

test('an address is added in any spelling, cancels what is planned, is checked and removed', async () => {
  const { address } = await join(parts, 'Ada@example.test')
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(await run('check', address)).toMatchObject({ status: 0 })
  expect(await run('add', 'ADA@EXAMPLE.TEST')).toEqual({
    text: 'No mail goes to this address any more; 2 planned deliveries were cancelled.',
    status: 0,
  })
  expect((await run('add', address)).text).toContain('already')
  expect(await run('check', 'ada@example.test')).toMatchObject({ status: 1, text: expect.stringContaining('operator') })
  const states = queryRows(parts.dataDir, "select state from delivery where kind = 'lesson' order by day")
  expect(states.map((row) => row.state)).toEqual(['sent', 'cancelled', 'cancelled'])
  expect((await run('remove', address)).text).toContain('may go')
  expect(await run('check', address)).toMatchObject({ status: 0 })
})

test('a list of another relay is imported, its unreadable lines told by number and not by content', async () => {
  const path = await file(
    '\uFEFFReason,Email,Created\r\n"bounced, twice",one@example.test,2025\r\ncomplaint,"two@example.test",2025\r\n,not an address,\r\n\r\nagain,ONE@example.test,2025\r\n',
  )
  const { text, status } = await run('import', path)
  expect(text).toBe(
    `${path}:4: this is not one email address.\n2 added, 1 were on the list already, 1 could not be read.`,
  )
  expect(status).toBe(1)
  expect((await run('check', 'one@example.test')).text).toContain('bounced, twice')
})

test('nobody on the list is written to, who signs up again not either, and erasure keeps it', async () => {
  const { address } = await join(parts, 'gone@example.test')
  await run('add', address)
  const learner = queryRows(parts.dataDir, 'select id from learner where address = ?', address)[0]?.id
  await parts.app.ports.store.learners.erase(Number(learner))
  const mails = parts.mail.accepted.length
  const answer = await createVisitor(parts.url).post('/sign-up', {
    email: address,
    timeZone: 'Europe/Berlin',
    hour: '7',
  })
  expect(answer.status).toBeLessThan(400)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(parts.mail.accepted).toHaveLength(mails)
})

test('an export holds no address and is taken back in, by the same secret only', async () => {
  const { text } = await run('export')
  expect(text).not.toContain('@')
  expect(text.split('\n')[0]).toBe('address_key,reason,created_at,key_id')
  expect(text.split('\n').length).toBe(queryRows(parts.dataDir, 'select 1 from suppression').length + 1)

  await run('remove', 'one@example.test')
  const path = await file(text)
  expect((await run('import', path)).text).toMatch(/^1 added, \d+ were on the list already, 0 could not be read\.$/)
  expect((await run('check', 'one@example.test')).text).toContain('bounced, twice')

  const elsewhere: Ports = { ...parts.app.ports, keys: deriveKeys('another secret, which is as long as it must be') }
  const refused = await runSuppression(elsewhere, ['import', path])
  expect(refused.status).toBe(1)
  expect(refused.text).toContain('another SECRET_KEY')
})

test('a row is told by the line it begins on, and a quoted cell without an end changes nothing', async () => {
  const path = await file('email,reason\n"one\ntwo",x\nnobody,y\n')
  expect((await run('import', path)).text).toMatch(new RegExp(`${path}:2: .*\n${path}:4: `))
  await expect(run('import', await file('email\nfresh@example.test\n"secret@'))).rejects.toThrow(/^[^@]*without an end/)
  expect(await run('check', 'fresh@example.test')).toMatchObject({ status: 0 })
})

test('a reason that a spreadsheet would run as a formula leaves as text, and comes back as it was', async () => {
  await run('import', await file('email,reason\nformula@example.test,"=1+1, or so"\n'))
  const { text } = await run('export')
  expect(text).toContain(`,"'=1+1, or so",`)
  await run('remove', 'formula@example.test')
  await run('import', await file(text))
  expect((await run('check', 'formula@example.test')).text).toContain(': =1+1, or so.')
})

test.each([
  [[]],
  [['add']],
  [['add', 'nobody']],
  [['add', 'a@example.test', 'b@example.test']],
  [['shout', 'a@example.test']],
])('%j is answered with what to do, and status 2', async (args) => {
  expect(await run(...args)).toMatchObject({ status: 2 })
})

test('a file without a column of addresses, or no file, changes nothing', async () => {
  expect((await run('import', await file('name\nAda\n'))).text).toContain('no column named')
  await expect(run('import', '/no/such/file.csv')).rejects.toMatchObject({ code: 'misconfigured' })
})
