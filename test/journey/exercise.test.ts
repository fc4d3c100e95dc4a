import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { allRows, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'

let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})

afterAll(() => parts?.close())

const textOf = (html: string, field: string) =>
  new RegExp(`name="f\\.${field}"[^>]*value="([^"]*)"`).exec(html)?.[1] ?? ''
const versionOf = (html: string, field: string) =>
  new RegExp(`name="v\\.${field}" value="(\\d+)"`).exec(html)?.[1] ?? ''
const checkedOf = (html: string, field: string) =>
  [...html.matchAll(new RegExp(`name="f\\.${field}" value="([^"]*)" checked`, 'g'))].map((found) => found[1])

/** A learner whose second day, with most kinds of fields, is open. */
async function onDayTwo(address: string): Promise<SignedUpLearner & { dayTwo: string }> {
  const joined = await join(parts, address)
  parts.clock.advance(24 * 3_600_000)
  const mails = await parts.mail.waitForMail(address, 3)
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  return { ...joined, dayTwo: linkOf(mails.at(-1) as Accepted, '/l/') }
}

test('what was saved stands there after a reload, and no one else who holds the link sees it', async () => {
  const { visitor, lessonLink } = await join(parts, 'writer@example.test')
  await visitor.post(lessonLink, {
    'f.first': 'the <curtains> were "red" & so on',
    'f.sleep': '3',
    'f.parts': ['drink', 'phone'],
  })
  for (let reload = 0; reload < 2; reload += 1) {
    const { text } = await visitor.get(lessonLink)
    expect(textOf(text, 'first')).toBe('the &#60;curtains&#62; were &#34;red&#34; &#38; so on')
    expect(checkedOf(text, 'sleep')).toEqual(['3'])
    expect(checkedOf(text, 'parts')).toEqual(['drink', 'phone'])
  }

  const stranger = await createVisitor(parts.url).get(lessonLink)
  expect(stranger.text).not.toContain('curtains')
  expect(checkedOf(stranger.text, 'sleep')).toEqual([])
  expect(stranger.text).toContain('Something was written on this page in another browser')
  // Not with somebody else's session either.
  const other = await join(parts, 'other-writer@example.test')
  await other.visitor.post(other.lessonLink, { 'f.first': 'mine' })
  expect((await other.visitor.get(lessonLink)).text).not.toContain('curtains')
})

test('what was written lies in the database sealed', async () => {
  const { visitor, lessonLink } = await join(parts, 'sealed@example.test')
  await visitor.post(lessonLink, { 'f.first': 'nobody-but-me-may-read-this' })
  const stored = Object.values(allRows(parts.dataDir))
    .flat()
    .flatMap((row) => Object.values(row))
  expect(stored.some((value) => Buffer.isBuffer(value))).toBe(true)
  for (const value of stored)
    expect(Buffer.isBuffer(value) ? value.toString('latin1') : String(value)).not.toContain('nobody-but-me')
})

test('two tabs without scripts: the second to save keeps both texts, and empty fields replace nothing', async () => {
  const { visitor, lessonLink } = await join(parts, 'two-tabs@example.test')
  await visitor.post(lessonLink, { 'f.first': 'the beginning', 'v.first': '0' })
  const one = (await visitor.get(lessonLink)).text
  const two = one
  await visitor.post(lessonLink, {
    'f.first': 'from tab one',
    'v.first': versionOf(one, 'first'),
    'f.sleep': '4',
    'v.sleep': '0',
  })
  // Tab two has not seen the slider: its form sends the field's version and no value.
  await visitor.post(lessonLink, {
    'f.first': 'from tab two',
    'v.first': versionOf(two, 'first'),
    'v.sleep': '0',
    'v.parts': '0',
  })
  const { text } = await visitor.get(lessonLink)
  expect(textOf(text, 'first')).toBe('from tab two')
  expect(text).toContain('<blockquote>from tab one</blockquote>')
  expect(checkedOf(text, 'sleep')).toEqual(['4'])
})

test('two tabs that save drafts at the same time lose nothing that was acknowledged', async () => {
  const { visitor, lessonLink } = await join(parts, 'drafts@example.test')
  await visitor.postJson(`${lessonLink}/draft`, { 'f.first': 'start', 'v.first': '0' })
  const versions = [1, 1]
  const acknowledged: string[] = []
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all(
      [0, 1].map(async (tab) => {
        const words = `tab ${tab}, round ${round}`
        const answer = await visitor.postJson(`${lessonLink}/draft`, {
          'f.first': words,
          'v.first': String(versions[tab]),
        })
        expect(answer.status).toBe(200)
        return { tab, words, ...JSON.parse(answer.text) }
      }),
    )
    for (const { tab, words, ok, versions: now } of answers) {
      expect(ok).toBe(true)
      versions[tab] = now.first
      acknowledged.push(words)
    }
  }
  const { text } = await visitor.get(lessonLink)
  // Each tab's last words, and whatever one tab overwrote without having seen it.
  expect([textOf(text, 'first'), ...[...text.matchAll(/<blockquote>([^<]*)</g)].map((found) => found[1])]).toEqual(
    expect.arrayContaining(acknowledged.slice(-2)),
  )
})

test('a session that was ended shows nothing any more, though its cookie comes back', async () => {
  const { visitor, lessonLink } = await join(parts, 'ended@example.test')
  await visitor.post(lessonLink, { 'f.first': 'until I leave' })
  const cookies = [...visitor.cookies]
  await visitor.post('/session/end')
  expect(visitor.cookies.size).toBe(0)
  const thief = createVisitor(parts.url)
  for (const [name, value] of cookies) (thief.cookies as Map<string, string>).set(name, value)
  expect((await thief.get(lessonLink)).text).not.toContain('until I leave')
})

test('Full and Small ask for their fields, Not today asks for none; a press that misses something still saves', async () => {
  const { visitor, dayTwo } = await onDayTwo('efforts@example.test')
  const efforts = () => queryRows(parts.dataDir, 'select effort from progress where day = 2').map((row) => row.effort)

  const short = await visitor.post(dayTwo, { 'f.plan.when': 'I wake', effort: 'full' })
  const told = await visitor.get(short.headers.get('location') ?? '')
  expect(told.text).toContain('this is still open')
  expect(told.text).toContain('value="I wake"')
  for (const id of ['which', 'plan', 'story']) expect(told.text).toContain(`<a href="#field-${id}">`)
  expect(efforts()).toEqual([])

  await visitor.post(dayTwo, { 'f.which': 'light', effort: 'small' })
  expect(efforts()).toEqual(['small'])
  const rest = { 'f.plan.when': 'I wake', 'f.plan.what': 'open the curtain', 'f.clock': '07:30', effort: 'full' }
  const full = await visitor.post(dayTwo, rest)
  expect((await visitor.get(full.headers.get('location') ?? '')).text).toContain('with the full form')
  expect(efforts()).toEqual(['full'])
  await visitor.post(dayTwo, { effort: 'not-today' })
  expect(efforts()).toEqual(['not-today'])
  expect((await visitor.get(dayTwo)).text).toContain('value="open the curtain"')
})

test('the page shows the days: done, open, still to come, and when the next comes, in local time', async () => {
  const { visitor, dayTwo, lessonLink } = await onDayTwo('week@example.test')
  await visitor.post(lessonLink, { effort: 'not-today' })
  const { text } = await visitor.get(dayTwo)
  const days = [...text.matchAll(/<span class="away">(Day \d: [^<]*)<\/span>/g)].map((found) => found[1])
  expect(days).toEqual([
    'Day 1: Look at this morning, done',
    'Day 2: Change one part, open',
    'Day 3: Look again, still to come',
  ])
  expect(text).toMatch(/at 7:00\sAM/)
})

test('day three shows what this browser gave on day one beside the new sliders', async () => {
  const { visitor, lessonLink, address } = await join(parts, 'again@example.test')
  await visitor.post(lessonLink, { 'f.sleep': '2', 'f.rush': '9' })
  for (const day of [2, 3]) {
    parts.clock.advance(24 * 3_600_000)
    await parts.mail.waitForMail(address, day + 1)
  }
  const dayThree = linkOf((await parts.mail.waitForMail(address, 4)).at(-1) as Accepted, '/l/')
  const { text } = await visitor.get(dayThree)
  expect(text).toContain('on day 1: 2')
  expect(text).toContain('on day 1: 9')
  expect((await createVisitor(parts.url).get(dayThree)).text).not.toContain('on day 1')
})

test('a day with a sheet for two leads to it, for paper, with nothing of what was written on it', async () => {
  const { visitor, lessonLink } = await join(parts, 'pair@example.test')
  await visitor.post(lessonLink, { 'f.first': 'curtains that nobody else may read' })
  expect((await visitor.get(lessonLink)).text).toContain(`${new URL(lessonLink).pathname}/sheet`)
  const sheet = await visitor.get(`${lessonLink}/sheet`)
  expect(sheet.text).toContain('A morning for two')
  expect(sheet.text).not.toContain('curtains')

  const { dayTwo, visitor: other } = await onDayTwo('alone@example.test')
  expect((await other.get(dayTwo)).text).not.toContain('/sheet')
  expect((await other.get(`${dayTwo}/sheet`)).status).toBe(404)
})
