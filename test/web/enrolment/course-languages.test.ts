import { cp } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { waitUntilIdle } from '../../support/database/database-rows.ts'
import type { Accepted } from '../../support/mail-server.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'

const DAY = 86_400_000
const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url))
let parts: TestApp
let folder: { path: string; remove(): Promise<void> }

beforeAll(async () => {
  folder = await createTempFolder()
  await cp(joinPath(FIXTURES, 'courses'), folder.path, { recursive: true })
  await cp(joinPath(FIXTURES, 'translations'), folder.path, { recursive: true })
  const env = { COURSE: 'three-days' }
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    worker: true,
    env,
    overrides: { lessonsDir: folder.path },
  })
})

afterAll(async () => {
  await parts?.close()
  await folder?.remove()
})

async function nextMail(address: string, number: number): Promise<Accepted> {
  const mail = (await parts.mail.waitForMail(address, number))[number - 1]
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  return mail as Accepted
}

test('is chosen in the form, and every email comes in it, with weekdays and the words around', async () => {
  expect((await createVisitor(parts.url).get('/')).text).toMatch(
    /name="language"[\s\S]*<option value="de" lang="de">Deutsch/,
  )
  const { confirmation, lessonLink, visitor } = await join(parts, 'ada@example.test', { language: 'de', name: 'Ada' })
  expect(confirmation.mail.subject).toBe('Bitte bestätigen: Sanfter Morgen')
  expect(confirmation.mail.text).toMatch(/Wenn du\s+das nicht warst/)
  const lesson = await nextMail('ada@example.test', 2)
  expect(lesson.mail.subject).toBe('Erste Lektion: Schau dir diesen Morgen an, Ada')
  expect(lesson.mail.text).toContain('Am Montag sind es')
  expect(lesson.mail.text).toContain('Tag 1 von 3')
  expect(lesson.mail.html).toContain('lang="de"')
  const page = (await visitor.get(lessonLink)).text
  expect(page).toContain('<html lang="de"')
  expect(page).toContain('Wie du geschlafen hast')
})

test('a lesson that is not translated comes in the first language of the course', async () => {
  parts.clock.advance(DAY)
  const lesson = await nextMail('ada@example.test', 3)
  expect(lesson.mail.subject).toBe('Second letter: change one part')
  expect(lesson.mail.text).toContain('Tag 2 von 3')
})

test('is chosen by JSON too, and one that the course does not have is refused', async () => {
  const visitor = createVisitor(parts.url)
  const body = { email: 'json@example.test', timeZone: 'UTC', hour: 7 }
  expect((await visitor.postJson('/sign-up', { ...body, language: 'de' })).status).toBe(200)
  expect((await nextMail('json@example.test', 1)).mail.subject).toBe('Bitte bestätigen: Sanfter Morgen')
  const refused = await visitor.postJson('/sign-up', { ...body, language: 'fr' })
  expect([refused.status, JSON.parse(refused.text)]).toEqual([
    400,
    expect.objectContaining({ fields: { language: 'This course is not available in this language.' } }),
  ])
})

test('the settings change it from the next lesson on: a day that was sent keeps its language', async () => {
  const { lessonLink, visitor } = await join(parts, 'mara@example.test')
  const settings = `${lessonLink}/settings`
  expect((await visitor.get(settings)).text).toContain('name="language"')
  expect((await visitor.postJson(settings, { language: 'xx' })).status).toBe(400)
  expect((await visitor.postJson(settings, { language: 'de' })).status).toBe(200)
  expect((await visitor.get(settings)).text).toMatch(/value="de" lang="de" selected/)
  const page = (await visitor.get(lessonLink)).text
  expect(page).toContain('<html lang="en"')
  expect(page).toContain('Look at this morning')
  const inBrowser = /\/v\/\S+/.exec((await nextMail('mara@example.test', 2)).mail.text ?? '')?.[0] ?? ''
  expect((await visitor.get(inBrowser)).text).toContain('Look at this morning')
  parts.clock.advance(DAY)
  expect((await nextMail('mara@example.test', 3)).mail.text).toContain('Tag 2 von 3')
})

test('a course that offers no discreet mode and has no care pages shows neither, and is German throughout its emails', async () => {
  const examples = fileURLToPath(new URL('../../../examples', import.meta.url))
  const env = { COURSE: 'five-small-walks' }
  const walks = await createTestApp({ worker: true, env, overrides: { lessonsDir: examples } })
  try {
    const home = (await createVisitor(walks.url).get('/')).text
    expect(home).toContain('name="shortEmails"')
    expect(home).not.toContain('name="discreet"')
    expect(home).not.toMatch(/\/pages\/|\/library|\/start"/)
    const learner = await join(walks, 'ada@example.test', { language: 'de' })
    expect(learner.confirmation.mail.subject).toBe('Bitte bestätigen: Fünf kleine Spaziergänge')
    const [, lesson] = await walks.mail.waitForMail('ada@example.test', 2)
    expect(lesson?.mail.text).toContain('Die Übung von heute, etwa 3 Minuten')
    expect((await learner.visitor.get(`${learner.lessonLink}/settings`)).text).not.toContain('name="discreet"')
  } finally {
    await walks.close()
  }
})
