import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Course } from '../../src/core/course/course.ts'
import { allRows, queryRows, waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf } from '../support/mail-links.ts'
import { join, type SignedUpLearner } from '../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { createVisitor } from '../support/visitor.ts'

const HOUR = 3_600_000
const SECRET = 'the evening in the kitchen 9931'
const OWN_PART = 'what is mine alone 4410'
let parts: TestApp
let course: Course
let letterDay: number

beforeAll(async () => {
  parts = await createTestApp({ start: '2026-03-02T09:00:00Z', worker: true })
  course = parts.app.ports.courses.get('steady-week') as Course
  letterDay = course.lessons.find(({ exercise }) => exercise.letter)?.day ?? 0
})

afterAll(() => parts?.close())

/** The letter's page for a new learner, with something written on it and marked to share. */
async function writeLetter(
  address: string,
  choices: Record<string, string> = {},
): Promise<SignedUpLearner & { letter: string }> {
  const joined = await join(parts, address, choices)
  for (let day = 2; day <= letterDay; day += 1) {
    parts.clock.advance(24 * HOUR)
    await parts.mail.waitForMail(address, day + 1)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
  }
  const mail = (await parts.mail.waitForMail(address, letterDay + 1)).at(-1)
  if (!mail) throw new Error('no letter')
  const letter = linkOf(mail, '/l/')
  await joined.visitor.post(letter, {
    'f.moment': SECRET,
    'f.own-part': OWN_PART,
    'f.letter_version': 'share',
    'f.mood-before': '3',
    keep: '1',
  })
  return { ...joined, letter }
}

test('marked to share, the page leads to the question about fear first, and nothing is ready', async () => {
  const { visitor, letter } = await writeLetter('mara@example.test', { track: 'steady' })
  expect((await visitor.get(letter)).text).toContain(`${new URL(letter).pathname}/share"`)
  const before = allRows(parts.dataDir)
  const page = await visitor.get(`${letter}/share`)
  expect(page.text).toContain('name="q.frightened"')
  expect(page.text).toMatch(/never send/)
  expect((await visitor.get(`${letter}/share/notes.txt`)).status).toBe(403)
  expect(allRows(parts.dataDir)).toEqual(before)

  const unanswered = await visitor.post(`${letter}/share`, { do: 'ask' })
  expect(unanswered.status).toBe(400)
  expect(queryRows(parts.dataDir, 'select * from sharing')).toEqual([])

  expect((await visitor.post(`${letter}/share`, { do: 'ask', 'q.frightened': 'no' })).status).toBe(303)
  const waiting = await visitor.get(`${letter}/share`)
  expect(waiting.text).toContain('calm and sober, no child is near')
  expect(waiting.text).not.toContain(SECRET)

  parts.clock.advance(24 * HOUR - 1)
  expect((await visitor.get(`${letter}/share/notes.txt`)).status).toBe(403)
  parts.clock.advance(1)
  const ready = await visitor.get(`${letter}/share`)
  expect(ready.text).toContain(SECRET)
  const file = await visitor.get(`${letter}/share/notes.txt`)
  expect(file.text).toContain(SECRET)
  // What the course keeps out of a shared letter, and the sliders, stay with the writer.
  for (const kept of [OWN_PART, 'heavy']) {
    expect(ready.text).not.toContain(kept)
    expect(file.text).not.toContain(kept)
  }
  const stranger = await createVisitor(parts.url).get(`${letter}/share/notes.txt`)
  expect(stranger.text).not.toContain(SECRET)
  expect(parts.mail.accepted.filter(({ raw }) => raw.includes(SECRET))).toEqual([])

  await visitor.post(`${letter}/share`, { do: 'keep' })
  expect((await visitor.get(`${letter}/share/notes.txt`)).status).toBe(403)
})

test.each([
  ['sometimes', 'safety'],
  ['often', 'safety'],
])('fear answered with "%s" shows help instead, and sharing is gone without a trace', async (answer, pageName) => {
  const { visitor, letter, address } = await writeLetter(`fear-${answer}@example.test`, { track: 'steady' })
  const told = await visitor.post(`${letter}/share`, { do: 'ask', 'q.frightened': answer })
  const page = parts.app.ports.courses.resourcesOf('steady-week').pages.find(({ name }) => name === pageName)
  expect(told.text).toContain(page?.title)
  expect(
    queryRows(parts.dataDir, 'select * from sharing where enrolment_id = (select max(id) from enrolment)'),
  ).toEqual([])
  expect((await visitor.get(`${letter}/share`)).status).toBe(404)
  const after = await visitor.get(letter)
  expect(after.text).not.toContain('value="share"')
  expect(after.text).not.toContain('/share"')
  // Neither the answer nor the question is anywhere in the database, and no mail speaks of it.
  expect(JSON.stringify(allRows(parts.dataDir))).not.toContain('frightened')
  for (const { raw } of parts.mail.accepted.filter(({ to }) => to === address))
    expect(raw.toString()).not.toContain('frightened')
})

test('prefer not to say keeps the letter private and holds nothing back', async () => {
  const { visitor, letter } = await writeLetter('unsaid@example.test', { track: 'steady' })
  const told = await visitor.post(`${letter}/share`, { do: 'ask', 'q.frightened': 'prefer-not' })
  expect(told.status).toBe(200)
  expect((await visitor.get(`${letter}/share`)).text).toContain('name="q.frightened"')
  expect((await visitor.get(`${letter}/share/notes.txt`)).status).toBe(403)
})

test('an overlay that never shares is never offered it, and the address is as if it were not there', async () => {
  const { visitor, letter } = await writeLetter('gentle@example.test', { track: 'steady', overlays: 'gentle' })
  const page = await visitor.get(letter)
  expect(page.text).toContain('value="therapist"')
  expect(page.text).not.toContain('value="share"')
  expect((await visitor.get(`${letter}/share`)).status).toBe(404)
  expect((await visitor.post(`${letter}/share`, { do: 'ask', 'q.frightened': 'no' })).status).toBe(404)
  expect((await visitor.get(`${letter}/share/notes.txt`)).status).toBe(404)
})
