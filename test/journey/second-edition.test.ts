import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { waitUntilIdle } from '../support/database/database-rows.ts'
import { linkOf, linksOf } from '../support/mail-links.ts'
import { join } from '../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'

let parts: TestApp
let folder: { path: string; remove(): Promise<void> }

afterEach(async () => {
  await parts?.close()
  await folder?.remove()
})

const ADDRESS = 'under-way@example.test'
const NEW_WORDS = 'These words are of the second edition.'

/** Puts the days aside as an earlier version, and new ones in their place: other words, and a first field of another name. */
async function rewrite(course: string): Promise<void> {
  const files = ['day-1.md', 'day-2.md', 'day-3.md', 'closing.md']
  await mkdir(joinPath(course, 'earlier/first'), { recursive: true })
  for (const file of files) {
    const text = await readFile(joinPath(course, file), 'utf8')
    await rename(joinPath(course, file), joinPath(course, 'earlier/first', file))
    const fresh = text
      .replaceAll(/\bfirst\b(?=[:,\]\s])/g, 'renewed')
      .replace(/\n---\n[\s\S]*$/, `\n---\n\n${NEW_WORDS}\n`)
    await writeFile(joinPath(course, file), fresh)
  }
  const yaml = await readFile(joinPath(course, 'course.yaml'), 'utf8')
  await writeFile(joinPath(course, 'course.yaml'), `version: second\n${yaml}`)
}

test('who is under way keeps the lesson that was sent, with what was written on it, and gets the new ones from the next day on', async () => {
  folder = await createTempFolder()
  const course = joinPath(folder.path, 'three-days')
  await cp(joinPath(FIXTURE_COURSES, 'three-days'), course, { recursive: true })
  const yaml = await readFile(joinPath(course, 'course.yaml'), 'utf8')
  await writeFile(joinPath(course, 'course.yaml'), `version: first\n${yaml}`)
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: folder.path },
    worker: true,
  })
  const { visitor, lessonLink } = await join(parts, ADDRESS)
  await visitor.post(lessonLink, { 'f.first': 'written on the first edition', effort: 'not-today' })
  const before = await visitor.get(lessonLink)
  expect(before.text).toContain('written on the first edition')
  expect(before.text).not.toContain(NEW_WORDS)

  await writeFile(joinPath(course, 'course.yaml'), yaml)
  await rewrite(course)
  await parts.restart()
  const kept = await visitor.get(lessonLink)
  expect(kept.text).toContain('written on the first edition')
  expect(kept.text).not.toContain(NEW_WORDS)
  const lesson = (await parts.mail.waitForMail(ADDRESS, 2))[1]
  if (!lesson) throw new Error('no first lesson')
  const [shown] = linksOf(lesson).filter((link) => new URL(link).pathname.startsWith('/v/'))
  const inBrowser = await visitor.get(shown ?? '')
  expect(inBrowser.status).toBe(200)
  expect(inBrowser.text).not.toContain(NEW_WORDS)
  // What is written now still goes to the fields that stand there.
  await visitor.post(lessonLink, { 'f.first': 'changed after the rewrite', effort: 'full' })
  expect((await visitor.get(lessonLink)).text).toContain('changed after the rewrite')

  parts.clock.set('2026-03-03T12:00:00Z')
  const second = (await parts.mail.waitForMail(ADDRESS, 3))[2]
  await waitUntilIdle(parts.dataDir, parts.clock.now())
  expect(second?.mail.text).toContain(NEW_WORDS)
  if (!second) throw new Error('no second lesson')
  expect((await visitor.get(linkOf(second, '/l/'))).text).toContain(NEW_WORDS)
})
