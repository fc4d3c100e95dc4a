import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FRESH_SIGN_IN } from '../../../src/core/desk/operator-session.ts'
import { queryRows } from '../../support/database/database-rows.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import type { Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
let operator: Visitor

beforeAll(async () => {
  app = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  await join(app, 'ada@example.test')
  await signedIn(app, 'owner')
  operator = await signedIn(app, 'operator')
})
afterAll(() => app?.close())

const post = (path: string, fields = {}) => operator.post(`/desk/suppression/${path}`, fields)
const states = () =>
  queryRows(app.dataDir, "select state from delivery where kind = 'lesson' order by day").map(({ state }) => state)
const lastAct = async () => (await app.app.ports.store.auditLog.page({}, null, 1))[0]
const toOwner = () => app.mail.accepted.filter(({ to }) => to === 'owner@example.test')

describe('an address', () => {
  test('is found exactly, in any spelling, and withheld with a reason', async () => {
    const found = await post('find', { address: ' ADA@example.TEST ' })
    expect(found.text).toContain('Emails may go to this address.')
    const fields = { address: 'ADA@example.test', act: 'suppress' }
    expect((await post('edit', fields)).status).toBe(400)
    const answer = await post('edit', { ...fields, reason: 'abuse' })
    expect(answer.headers.get('Location')).toBe('/desk/suppression?done=suppress')
    expect(states()).toEqual(['sent', 'cancelled', 'cancelled'])
    expect(await lastAct()).toMatchObject({ act: 'suppress', learnerId: 1, reason: 'abuse', details: {} })
    expect((await post('find', { address: 'ada@example.test' })).text).toContain('No email goes to this address since')
    expect((await post('edit', { ...fields, reason: 'abuse' })).status).toBe(400)
  })

  test('is allowed again because somebody asked, and what was called off stays so', async () => {
    const fields = { address: 'ada@example.test', act: 'lift-suppression' }
    expect((await post('edit', { ...fields, reason: 'abuse' })).status).toBe(400)
    expect((await post('edit', { ...fields, reason: 'asked' })).status).toBe(303)
    expect(states()).toEqual(['sent', 'cancelled', 'cancelled'])
    expect(await lastAct()).toMatchObject({ act: 'lift-suppression', learnerId: 1, reason: 'asked' })
  })

  test('of nobody is withheld all the same', async () => {
    expect((await post('edit', { address: 'nobody@example.test', act: 'suppress', reason: 'law' })).status).toBe(303)
    expect(await lastAct()).toMatchObject({ act: 'suppress', learnerId: null })
  })

  test.each(['', 'ada', 'a@example.test, b@example.test', '<script>@example.test'])('%j is none', async (address) => {
    const answer = await post('find', { address })
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain('<script>@')
    expect((await post('edit', { address, act: 'suppress', reason: 'law' })).status).toBe(400)
  })
})

describe('a list', () => {
  const many = Array.from({ length: 700 }, (_, index) => `person-${index}@example.test,a relay's list`)

  test('larger than any other form is imported, its unreadable lines told by number, and every owner is told', async () => {
    const before = toOwner().length
    const { status, text } = await post('import', { list: ['email,reason', 'not an address', ...many].join('\n') })
    expect(status).toBe(200)
    expect(text).toContain('Added: 700. On the list already: 0. Could not be read: 1.')
    expect(text).toContain('Line 2: this is not one email address.')
    expect(text).not.toContain('not an address')
    expect(await lastAct()).toMatchObject({ act: 'import-suppressions', details: { addresses: 700 } })
    expect(toOwner()).toHaveLength(before + 1)
    expect(toOwner().at(-1)?.mail.text).toContain('How many: 700.')
    expect((await post('find', { address: 'person-7@example.test' })).text).toContain('s list')
  })

  test('leaves without an address, and comes back in', async () => {
    const { text, headers } = await post('export')
    expect(headers.get('Content-Disposition')).toContain('suppression.csv')
    expect(text.split('\n')[0]).toBe('address_key,reason,created_at,key_id')
    expect(text).not.toContain('@')
    expect(await lastAct()).toMatchObject({ act: 'export-suppressions', details: { addresses: 701 } })
    expect((await post('import', { list: text })).text).toContain('Added: 0. On the list already: 701.')
  })

  test.each([
    ['name\nAda', 'There is no column named'],
    ['email\n"open@', 'A quoted cell has no end.'],
    ['', 'There is no column named'],
  ])('%j changes nothing and leaves no line', async (list, say) => {
    const written = (await lastAct())?.number
    const answer = await post('import', { list })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(say)
    expect((await lastAct())?.number).toBe(written)
  })

  test('beyond two megabytes is refused, and is not even read without a fresh sign-in', async () => {
    const list = 'x'.repeat(2_100_000)
    expect((await post('import', { list })).status).toBe(413)
    app.clock.advance(FRESH_SIGN_IN)
    expect((await post('import', { list })).status).toBe(403)
    expect((await post('export')).status).toBe(403)
  })
})
