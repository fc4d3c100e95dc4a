import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { loadContent } from '../../src/content/load-content.ts'
import { loadCourses } from '../../src/content/load-courses.ts'
import { parseWithCache } from '../../src/content/parsed-cache.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { FIXTURE_COURSES } from '../support/test-app.ts'

let temporary: Awaited<ReturnType<typeof createTempFolder>>
let kept: string
let parsed: number

beforeEach(async () => {
  temporary = await createTempFolder()
  kept = join(temporary.path, 'kept')
  parsed = 0
})
afterEach(() => temporary.remove())

function parse(...texts: readonly string[]) {
  const count = () => {
    parsed += 1
    return { words: new Map(texts.map((text) => [text, { text, line: undefined }])) }
  }
  return parseWithCache(texts, count, ({ words }) => !words.has('wrong'), kept)
}
const files = () => readdir(kept).catch(() => [])

test('the same texts are parsed once, and others anew', async () => {
  const first = await parse('one', 'two')
  expect(await parse('one', 'two')).toStrictEqual(first)
  expect(parsed).toBe(1)
  await parse('one', 'three')
  await parse('onetwo')
  await parse('two', 'one')
  expect(parsed).toBe(4)
})

test('what has problems is parsed and reported each time', async () => {
  for (let time = 0; time < 2; time += 1) await parse('wrong')
  expect(parsed).toBe(2)
  expect(await files()).toEqual([])
})

test('a truncated cache file is parsed again', async () => {
  const first = await parse('one')
  const [name] = await files()
  await writeFile(join(kept, name as string), '')
  expect(await parse('one')).toStrictEqual(first)
  expect(parsed).toBe(2)
})

test('works without a writable cache', async () => {
  await writeFile(kept, 'a file where the folder should be')
  expect((await parse('one')).words.size).toBe(1)
})

test.each([
  ['the project’s own courses', fileURLToPath(new URL('../../lessons', import.meta.url))],
  ['every kind of course', FIXTURE_COURSES],
])('%s are the same from the cache as parsed', async (_, lessonsDir) => {
  const emailsDir = fileURLToPath(new URL('../../emails', import.meta.url))
  await loadContent({ lessonsDir, emailsDir })
  const { courses } = await loadContent({ lessonsDir, emailsDir })
  const fresh = await loadCourses(lessonsDir)
  expect(courses.inEveryLanguage()).toStrictEqual(fresh.inEveryLanguage())
  for (const { name, language } of fresh.inEveryLanguage())
    expect(courses.resourcesOf(name, language)).toStrictEqual(fresh.resourcesOf(name, language))
})
