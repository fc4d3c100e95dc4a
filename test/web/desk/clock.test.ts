import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import type { Visitor } from '../visitor.ts'
import { signedIn } from './signed-in.ts'

let app: TestApp
let owner: Visitor

beforeAll(async () => {
  app = await createTestApp({
    start: '2026-03-02T22:30:00Z',
    env: { COURSE: 'three-days', DESK_TIME_ZONE: 'Europe/Berlin' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
  await join(app, 'ada@example.test', { timeZone: 'Asia/Tokyo' })
  owner = await signedIn(app, 'owner')
})
afterAll(() => app?.close())

const clockOf = (text: string) => /Times without a zone are by the clock of (\S+)\./.exec(text)?.[1]
const timesOf = (text: string) => [...text.matchAll(/<time datetime="([^"]*)">([^<]*)<\/time>/g)]
const choose = (visitor: Visitor, zone: string) => visitor.post('/desk/account/time-zone', { zone })

test('times are by the clock of the installation until an operator chooses one', async () => {
  const { text } = await owner.get('/desk')
  expect(clockOf(text)).toBe('Europe/Berlin')
  expect(text).toContain('As of <time datetime="2026-03-02T22:30:00.000Z">Mar 2, 2026, 23:30</time>')
  expect(text).toContain('<h2 id="days">The last 30 days (UTC)</h2>')
})

test('a chosen clock is that of every page of this operator, and of nobody else', async () => {
  expect((await owner.get('/desk/account')).text).toMatch(/<option selected>Europe\/Berlin<\/option>/)
  expect((await choose(owner, 'America/Los_Angeles')).headers.get('Location')).toBe('/desk/account')
  const day = 'Mar 2, 2026, 14:30'
  const pages = ['', '/people', '/people/1', '/deliveries', '/deliveries/2', '/account', '/operators', '/audit']
  for (const page of pages) {
    const { text } = await owner.get(`/desk${page}`)
    expect([page, clockOf(text)]).toEqual([page, 'America/Los_Angeles'])
    // Once a page, whatever its times; zones to choose from are none.
    const named = text.replaceAll(/<option[^>]*>[^<]*/g, '').match(/America\/Los_Angeles/g)
    expect([page, named?.length]).toEqual([page, 1])
    expect([page, timesOf(text).some(([, , shown]) => shown === day)]).toEqual([page, true])
  }
  const other = await signedIn(app, 'operator')
  expect(clockOf((await other.get('/desk')).text)).toBe('Europe/Berlin')
})

test('where it matters the learner’s clock is beside it, with its name', async () => {
  const { text } = await owner.get('/desk/people/1')
  const instants = timesOf(text).filter(([, at]) => at === '2026-03-03T22:00:00.000Z')
  expect(instants.map(([, , shown]) => shown).slice(0, 2)).toEqual(['Mar 4, 2026, 07:00 GMT+9', 'Mar 3, 2026, 14:00'])
  await choose(owner, 'Asia/Tokyo')
  expect((await owner.get('/desk/people/1')).text).not.toContain('GMT+9')
  // The confirmation belongs to no course yet, and its person has said where they are.
  await choose(owner, 'UTC')
  expect((await owner.get('/desk/deliveries/1')).text).toContain('GMT+9')
})

test.each(['', 'CET+1', 'Nowhere/City'])('"%s" is no clock', async (zone) => {
  expect((await choose(owner, zone)).status).toBe(400)
  expect(clockOf((await owner.get('/desk')).text)).toBe('UTC')
})
