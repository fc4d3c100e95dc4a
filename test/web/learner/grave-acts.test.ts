import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FRESH_SESSION } from '../../../src/core/security/session.ts'
import { allRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Form, type Visitor } from '../../support/visitor.ts'

/** Whatever shows most or cannot be taken back: each by its path below a lesson link. `json`: sent as such. */
const ACTS: Readonly<Record<string, { readonly path: string; readonly form?: Form; readonly json?: object }>> = {
  'the track': { path: '/settings', json: { track: '' } },
  'the extras': { path: '/settings', json: { overlays: [] } },
  'short emails off': { path: '/settings', json: { shortEmails: false } },
  'a reading word': { path: '/settings/word', form: { do: 'set', word: 'the old pear tree' } },
  'no reading word': { path: '/settings/word', form: { do: 'remove' } },
  'a new recovery code': { path: '/settings/code' },
  'an email to find back': { path: '/settings/way-back', form: { allowed: 'on' } },
  'everything, by taking it along': { path: '/take/leave', form: { seen: '99999999999999' } },
  'another address': { path: '/settings/address', form: { email: 'another@example.test' } },
}

let parts: TestApp
let joined: SignedUpLearner
let writer: Visitor

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  joined = await join(parts, 'grave@example.test', { shortEmails: 'on' })
  writer = createVisitor(parts.url)
  // Writing opens a session that reads what it wrote, and nothing more.
  await writer.post(joined.lessonLink, { effort: 'small', keep: '1' })
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  parts.clock.advance(FRESH_SESSION)
})
afterAll(() => parts?.close())

const people: Readonly<Record<string, () => Visitor>> = {
  'somebody with the link': () => createVisitor(parts.url),
  'somebody who has written with it': () => writer,
  'the learner, a quarter of an hour later': () => joined.visitor,
}

describe.each(Object.keys(people))('%s', (name) => {
  test.each(Object.keys(ACTS))('cannot change %s', async (act) => {
    const { path, form, json } = ACTS[act] as (typeof ACTS)[string]
    const visitor = (people[name] as () => Visitor)()
    const url = joined.lessonLink + path
    const rows = () => ({ ...allRows(parts.dataDir), session: [], heartbeat: [] })
    const before = rows()
    const answer = json === undefined ? await visitor.post(url, form) : await visitor.postJson(url, json)
    expect(answer.status).toBe(403)
    expect(rows()).toEqual(before)
  })

  test.each(['/take', '/take/leave', '/take/notes.html', '/take/notes.json', '/settings/address'])(
    'is not shown %s',
    async (path) => {
      const answer = await (people[name] as () => Visitor)().get(joined.lessonLink + path)
      // Without a session of one's own, short emails show the same page at every address.
      expect([200, 403]).toContain(answer.status)
      for (const shown of [joined.address, 'name="email"', 'notes.json', 'name="seen"'])
        expect(answer.text).not.toContain(shown)
    },
  )
})
