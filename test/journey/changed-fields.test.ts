import { cp, readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { queryRows } from '../support/database/database-rows.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import type { Visitor } from '../support/visitor.ts'

let parts: TestApp
let folder: Awaited<ReturnType<typeof createTempFolder>>
let people = 0

beforeAll(async () => {
  folder = await createTempFolder()
  await cp(FIXTURE_COURSES, folder.path, { recursive: true })
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: folder.path },
    worker: true,
  })
})
afterAll(async () => {
  await parts?.close()
  await folder?.remove()
})

const dayOne = () => joinPath(folder.path, 'three-days', 'day-1.md')
const OWN = readFile(joinPath(FIXTURE_COURSES, 'three-days', 'day-1.md'), 'utf8')

/** The author changes the first day; without changes it is as it was. */
async function author(...changes: readonly (readonly [from: string, to: string])[]): Promise<void> {
  let text = await OWN
  for (const [from, to] of changes) {
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  await writeFile(dayOne(), text)
  await parts.restart()
}

const WRITTEN = { 'f.first': 'I opened the window', 'f.sleep': '3', 'f.rush': '8', 'f.parts': ['drink', 'phone'] }

async function writer(written: Readonly<Record<string, string | readonly string[]>> = WRITTEN) {
  people += 1
  const joined = await join(parts, `writer-${people}@example.test`)
  await joined.visitor.post(joined.lessonLink, written)
  return joined
}

const textOf = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

const earlierOf = (html: string) =>
  textOf(/<section class="card soft earlier"[\s\S]*?<\/section>/.exec(html)?.[0] ?? '')

async function pagesOf(visitor: Visitor, lesson: string) {
  const [page, print, file] = [
    await visitor.get(lesson),
    await visitor.get(`${lesson}/print`),
    await visitor.get(`${lesson}/notes.txt`),
  ]
  expect([page.status, print.status, file.status]).toEqual([200, 200, 200])
  return { page: page.text, earlier: earlierOf(page.text), print: textOf(print.text), file: file.text }
}

const TEXT_FIELD =
  '    - { id: first, type: text, label: The first thing you did, max: 80, placeholder: "I opened my eyes" }\n'
const CHECKLIST = `    - id: parts
      type: checklist
      label: What was in it
      pick: 2
      small: true
      options:
        - { id: drink, label: Something warm to drink }
        - { id: light, label: Daylight }
        - { id: phone, label: A phone }
`

test('as long as nothing changes, nothing is earlier', async () => {
  await author()
  const { visitor, lessonLink } = await writer()
  const { page, print } = await pagesOf(visitor, lessonLink)
  expect(page).not.toContain('Earlier answers')
  expect(print).not.toContain('Earlier')
})

test('a field that was removed stays readable under its label, with its options in the words of then', async () => {
  await author()
  const { visitor, lessonLink } = await writer()
  await author([TEXT_FIELD, ''], [CHECKLIST, ''], ['{ field: parts, at-least: 1 }', 'rush'])
  const { page, earlier, print, file } = await pagesOf(visitor, lessonLink)
  expect(earlier).toContain('The first thing you did I opened the window')
  expect(earlier).toContain('What was in it - Something warm to drink - A phone')
  expect(page).toMatch(/name="f\.sleep" value="3" checked/)
  for (const text of [print, file]) {
    expect(text).toContain('Earlier: The first thing you did')
    expect(text).toContain('I opened the window')
    expect(text).toContain('Something warm to drink')
  }
  // Saving the form as it is now touches none of it.
  await visitor.post(lessonLink, { 'f.sleep': '5', 'v.sleep': '1', effort: 'full' })
  expect((await pagesOf(visitor, lessonLink)).earlier).toBe(earlier)
  await author()
})

test.each([
  [
    'a choice',
    `    - { id: first, type: choice, label: Was it light?, options: [{ id: yes, label: Yes }, { id: no, label: No }] }\n`,
    'yes',
  ],
  ['a scale', '    - { id: first, type: scale, label: How light was it?, min: 0, max: 10 }\n', '4'],
  [
    'a checklist',
    `    - { id: first, type: checklist, label: What was light?, options: [{ id: sky, label: Sky }, { id: lamp, label: Lamp }] }\n`,
    'sky',
  ],
  ['a date', '    - { id: first, type: date, label: When was it light? }\n', '2026-03-09'],
  ['a time', '    - { id: first, type: time, label: At what time? }\n', '06:30'],
  ['a sentence', `    - { id: first, type: sentence, label: Light, parts: "When {{when}}.", max: 30 }\n`, null],
])(
  'a text that became %s: the old one is readable, the new one can be answered, and both stay',
  async (_what, field, value) => {
    await author()
    const { visitor, lessonLink } = await writer()
    await author([TEXT_FIELD, field])
    const before = await pagesOf(visitor, lessonLink)
    expect(before.earlier).toContain('The first thing you did I opened the window')
    expect(before.page).not.toMatch(/id="f-first"[^>]*value="I opened/)
    // The form sends what it shows: nothing for the new field.
    await visitor.post(lessonLink, { ...WRITTEN, 'f.first': '', 'v.first': '0', 'v.sleep': '1', effort: 'full' })
    expect((await pagesOf(visitor, lessonLink)).earlier).toBe(before.earlier)
    const answer = value === null ? { 'f.first.when': 'dawn' } : { 'f.first': value }
    await visitor.post(lessonLink, { ...answer, 'v.first': '0' })
    const after = await pagesOf(visitor, lessonLink)
    expect(after.earlier).toBe(before.earlier)
    expect(after.page).toContain(value === null ? 'value="dawn"' : value)
    expect(after.page).not.toContain('Written in another tab')
    expect(after.print).toContain('I opened the window')
    await author()
  },
)

test('options that were removed or renamed are told in the words of then; what remains stays ticked', async () => {
  await author()
  const { visitor, lessonLink } = await writer()
  await author(['        - { id: phone, label: A phone }\n', '        - { id: radio, label: A radio }\n'])
  const removed = await pagesOf(visitor, lessonLink)
  expect(removed.earlier).toBe(
    'Earlier answers This exercise has changed since you wrote these. They stay as they were. What was in it - Something warm to drink - A phone',
  )
  expect(removed.page).toMatch(/name="f\.parts" value="drink" checked/)
  await visitor.post(lessonLink, { 'f.parts': ['radio'], 'v.parts': '1' })
  const saved = await pagesOf(visitor, lessonLink)
  expect(saved.earlier).toBe(removed.earlier)
  expect(saved.page).toMatch(/name="f\.parts" value="radio" checked/)
  await author(['label: A phone', 'label: A book'])
  expect((await pagesOf(visitor, lessonLink)).earlier).toContain('A phone')
  await author()
})

test('an answer to a question that now asks something else stands under the old question too', async () => {
  await author()
  const { visitor, lessonLink } = await writer()
  await author(['label: The first thing you did', 'label: The last thing you did'])
  expect((await pagesOf(visitor, lessonLink)).earlier).toContain('The first thing you did I opened the window')
  // A comma or a capital more is the same question.
  await author(['label: The first thing you did', 'label: "The first thing, you did!"'])
  expect((await pagesOf(visitor, lessonLink)).earlier).toBe('')
  await author()
})

test('answers from before labels were kept are readable by the name of their field', async () => {
  await author()
  const { visitor, lessonLink } = await writer({})
  const { ports } = parts.app
  const token = new URL(lessonLink).pathname.slice('/l/'.length)
  const { learnerSealer } = await import('../../src/flow/security/learner-sealer.ts')
  const { findByLessonLink } = await import('../../src/flow/find-by-link.ts')
  const { sealAnswer } = await import('../../src/flow/exercise/sealed-answers.ts')
  const { sessionHash } = await import('../../src/core/security/session-hash.ts')
  const { enrolment } = await findByLessonLink(ports, token)
  const session = sessionHash([...visitor.cookies.values()][0] ?? '')
  const key = { enrolmentId: enrolment.id, day: 1, session }
  const sealer = learnerSealer(ports, ports.store, enrolment.learnerId)
  for (const [field, value] of [
    ['walk-after', 'round the block'],
    ['weather', ['rain', 'light-wind']],
    ['first', ['a', 'b']],
    ['plan', { when: 'dawn' }],
  ] as const)
    await ports.store.answers.put(
      key,
      await sealAnswer(sealer, key, { field, version: 1, value, snapshotId: null, now: 1 }),
      'writer',
    )
  const { earlier, print, file } = await pagesOf(visitor, lessonLink)
  for (const text of [earlier, print, file.replaceAll('\r\n', ' ')]) {
    expect(text).toMatch(/Walk after round the block/)
    expect(text).toMatch(/Weather - Rain - Light wind/)
    expect(text).toMatch(/First - A - B/)
    expect(text).toMatch(/Plan When: dawn/)
  }
})

test('earlier answers are for the browser that wrote them, and are sealed', async () => {
  await author()
  const { lessonLink, visitor } = await writer()
  await author([TEXT_FIELD, ''])
  const { createVisitor } = await import('../support/visitor.ts')
  expect(earlierOf((await createVisitor(parts.url).get(lessonLink)).text)).toBe('')
  expect(earlierOf((await visitor.get(lessonLink)).text)).toContain('I opened the window')
  for (const row of queryRows(parts.dataDir, 'select * from answer'))
    expect(Buffer.from(row.sealed as Uint8Array).toString('latin1')).not.toMatch(/opened/)
  // The author's text lies beside it, each look once, and nothing that anybody wrote.
  const looks = queryRows(parts.dataDir, 'select look from field_look').map(({ look }) => String(look))
  expect(looks.some((look) => look.includes('The first thing you did'))).toBe(true)
  expect(new Set(looks).size).toBe(looks.length)
  expect(looks.join('\n')).not.toContain('opened the window')
  // All fields of the day have one, answered or not.
  expect(looks.some((look) => look.includes('And how heavy is it now?'))).toBe(true)
  await author()
})
