import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { runDesk } from '../../../src/cli/desk.ts'
import { addressKey as addressKeyOf } from '../../../src/core/security/keys.ts'
import { changeDatabase } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import type { Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
let owner: Visitor

beforeAll(async () => {
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
  owner = await signedIn(app, 'owner')
  await signedIn(app, 'author')
  const { store, keys, clock } = app.app.ports
  const address = 'second@example.test'
  const addressKey = addressKeyOf(keys, address)
  await store.transaction((unit) => unit.operators.add({ address, addressKey, role: 'owner', now: clock.now() }))
})
afterAll(() => app?.close())

test('says who did what, filtered, and names nobody in full', async () => {
  const { text } = await owner.get('/desk/audit')
  expect(text).toContain('o•••@example.test')
  expect(text).toContain('signed in')
  expect(text).not.toContain('owner@example.test')
  const rows = async (query: string) =>
    (await owner.get(`/desk/audit?${query}`)).text.match(/<tr role="row"><td/g)?.length ?? 0
  expect(await rows('')).toBe(4)
  expect(await rows('act=print-link')).toBe(2)
  expect(await rows('act=sign-in&operator=2')).toBe(1)
  expect(await rows('learner=7')).toBe(0)
  expect(await rows('act=nonsense&operator=x&before=-1')).toBe(4)
})

test('comes as JSON lines and as CSV; the export is a line of its own, and every other owner is told', async () => {
  const lines = (await owner.post('/desk/audit/export', { format: 'jsonl' })).text.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).number)).toEqual([1, 2, 3, 4, 5])
  expect(JSON.parse(lines[4] ?? '')).toMatchObject({ act: 'export-audit', details: { format: 'jsonl' } })
  const [told] = await app.mail.waitForMail('second@example.test', 1)
  expect(told?.mail.text).toContain('o•••@example.test exported the audit log')
  const answer = await owner.post('/desk/audit/export', { format: 'csv' })
  expect(answer.headers.get('Content-Disposition')).toBe('attachment; filename=audit-log.csv')
  const rows = parse(answer.text, { columns: true }) as Record<string, string>[]
  expect(rows).toHaveLength(6)
  expect(rows[0]).toMatchObject({ number: '1', act: 'print-link', operatorId: '' })
})

test('is checked on the host, which says which line was changed', async () => {
  const fine = await runDesk(app.app.ports, ['audit', '--check'])
  expect(fine).toMatchObject({ status: 0, text: expect.stringMatching(/^6 lines, all unchanged/) })
  expect((await runDesk(app.app.ports, ['audit'])).text.split('\n')).toHaveLength(7)
  changeDatabase(app.dataDir, "update audit_entry set act = 'invite' where number = 3")
  expect(await runDesk(app.app.ports, ['audit', '--check'])).toMatchObject({
    status: 1,
    text: expect.stringMatching(/^Line 3 was changed/),
  })
})
