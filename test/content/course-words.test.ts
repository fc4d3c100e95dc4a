import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { loadContent } from '../../src/content/load-content.ts'
import type { Course } from '../../src/core/course/course.ts'
import { ProblemsError } from '../../src/core/errors.ts'
import { createTempFolder } from '../support/temp-folder.ts'
import { FIXTURE_COURSES } from '../support/test-app.ts'

const EMAILS = fileURLToPath(new URL('../../emails', import.meta.url))
const folders: { remove(): Promise<void> }[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove()
})

/** Loads the small course with these lines at the end of its course.yaml. */
async function load(lines: string) {
  const folder = await createTempFolder()
  folders.push(folder)
  await cp(join(FIXTURE_COURSES, 'three-days'), join(folder.path, 'three-days'), { recursive: true })
  const file = join(folder.path, 'three-days/course.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(file, `${text.trimEnd()}\n${lines}`)
  const first = text.trimEnd().split('\n').length + 1
  return { first, content: await loadContent({ lessonsDir: folder.path, emailsDir: EMAILS }).catch((error) => error) }
}

test('a course says some sentences in its own way, and the others as the service does', async () => {
  const { content } = await load(
    ['words:', '  exercise.efforts.small: A little', '  emails.lesson.day-of: Morning {day} of {days}'].join('\n'),
  )
  const course = content.courses.get('three-days') as Course
  const words = content.locales.wordsFor(course)
  expect(words.say('exercise.efforts.small')).toBe('A little')
  expect(words.say('emails.lesson.day-of', { day: 2, days: 3 })).toBe('Morning 2 of 3')
  expect(words.say('exercise.efforts.full')).toBe('Full')
  // Made once, and not those of courses without their own.
  expect(content.locales.wordsFor(course)).toBe(words)
  expect(content.locales.wordsFor({ language: 'en' }).say('exercise.efforts.small')).toBe('Small')
})

test('names that do not exist, other placeholders and broken braces are problems with their line', async () => {
  const { first, content } = await load(
    [
      'words:',
      '  exercise.efforts.tiny: Tiny',
      '  emails.lesson.day-of: Morning {day}',
      '  exercise.efforts.full: "All {of it"',
    ].join('\n'),
  )
  expect(content).toBeInstanceOf(ProblemsError)
  const problems = (content as ProblemsError).problems.map(({ file, line, what }) => [
    file.split('/').at(-1),
    (line ?? 0) - first,
    what.replace(/en\.json:\d+/, 'en.json'),
  ])
  expect(problems).toEqual([
    ['course.yaml', 3, expect.stringContaining('This is not ICU MessageFormat')],
    ['course.yaml', 1, 'There is no message "exercise.efforts.tiny" in locales/en.json.'],
    ['course.yaml', 2, '"emails.lesson.day-of" has the placeholders day, and locales/en.json has day, days.'],
  ])
})
