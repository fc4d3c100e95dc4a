import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { checkCourseWords } from '../../src/content/check-course-words.ts'
import { formatProblem } from '../../src/core/errors.ts'
import { createTempFolder } from '../support/temp-folder.ts'

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url))
const LESSONS = fileURLToPath(new URL('../../lessons', import.meta.url))
const COMMAND = fileURLToPath(new URL('../../src/cli/words.ts', import.meta.url))

test('the courses of this repository follow the rules for length, reading grade and forbidden words', async () => {
  const { courses, problems } = await checkCourseWords(LESSONS)
  expect(courses).toContain('steady-week')
  expect(problems.map(formatProblem)).toEqual([])
})

describe('the word check', () => {
  let folder: string
  let course: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'words-'))
    course = join(folder, 'another-week')
    await cp(join(LESSONS, 'steady-week'), course, { recursive: true })
  })

  afterEach(() => rm(folder, { recursive: true }))

  async function change(file: string, work: (text: string) => string) {
    const path = join(course, file)
    await writeFile(path, work(await readFile(path, 'utf8')))
  }

  const told = async () =>
    (await checkCourseWords(course)).problems.map(({ file, ...rest }) => ({
      ...rest,
      file: file.slice(file.indexOf('another-week/') + 13),
    }))

  test('reports a lesson that is too long, with its variant, file and line', async () => {
    await change('day-3.md', (text) => `${text}\n::: for mend\n${'One more plain word here. '.repeat(40)}\n:::\n`)
    expect(await told()).toEqual([
      {
        file: 'day-3.md',
        line: expect.any(Number),
        what: expect.stringMatching(/^\d+ words for mend with /),
        fix: 'Shorten it to at most 450.',
      },
    ])
  })

  test('reports sentences of the service that the course replaces wrongly', async () => {
    await change('course.yaml', (text) => `${text.trimEnd()}\nwords:\n  exercise.efforts.tiny: Tiny\n`)
    expect(await told()).toEqual([
      {
        file: 'course.yaml',
        line: expect.any(Number),
        what: 'There is no message "exercise.efforts.tiny" in locales/en.json.',
        fix: 'Remove it, or rename it.',
      },
    ])
  })

  test('reports a lesson that is too short for some readers', async () => {
    await change('words.yaml', (text) => text.replace('from: 300', 'from: 330'))
    const problems = await told()
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.every(({ what }) => /^3\d\d words for [a-z]+/.test(what))).toBe(true)
  })

  test('reports text that is hard to read', async () => {
    const hard =
      'Notwithstanding considerable organisational heterogeneity, interpersonal reconciliation necessitates unambiguous acknowledgement, accompanied by demonstrable accountability over extended intervals. '
    await change('check-ins/week-2.md', (text) => `${text.replace(/---\n\n[\s\S]*$/, '---\n\n')}${hard.repeat(3)}\n`)
    expect(await told()).toEqual([
      {
        file: 'check-ins/week-2.md',
        line: expect.any(Number),
        what: expect.stringMatching(/^Reading grade [1-9]\d\.\d for /),
        fix: expect.stringContaining('6 or below'),
      },
    ])
  })

  test('reports a check-in and an outcome that are too long', async () => {
    await change('check-ins/week-1.md', (text) => `${text}\n${'One more plain word here. '.repeat(40)}\n`)
    await change('assessment.yaml', (text) =>
      text.replace(/( {2}note: >?-?\s*)/, `$1${'and one more word '.repeat(60)}`),
    )
    expect((await told()).map(({ file, what }) => `${file}: ${what.replace(/\d+/, 'N')}`)).toEqual([
      expect.stringMatching(/^check-ins\/week-1\.md: N words for /),
      'assessment.yaml: An outcome may reach N words.',
    ])
  })

  test.each([
    ['day-2.md', 'It takes\ntwo to get here.', 'it takes two'],
    ['pages/help.md', 'At least it is over.', 'at least'],
    ['library/setbacks.md', 'You’ll be *stronger* for it.', "you'll be stronger"],
    ['closing.md', 'Narcissists do that.', 'narcissist'],
  ])('reports a forbidden phrase in %s with its line and the reason', async (file, words, say) => {
    await change(file, (text) => `${text.trimEnd()}\n\n${words}\n`)
    const lines = (await readFile(join(course, file), 'utf8')).split('\n')
    const line = lines.indexOf(words.split('\n')[0] ?? '') + 1
    expect(await told()).toContainEqual({
      file,
      line,
      what: `"${say}" is a forbidden phrase.`,
      fix: expect.stringMatching(/\w{3}/),
    })
  })

  test('allows forbidden words in the lists for marking what a learner writes', async () => {
    expect(await readFile(join(course, 'day-4.md'), 'utf8')).toContain('at least')
    await change('day-4.md', (text) => text.replace('        - words: [', '        - words: [cheater, at least, '))
    expect(await told()).toEqual([])
  })

  test('reports problems in words.yaml itself', async () => {
    await change('words.yaml', (text) => text.replace('grade: 6', 'grade: easy'))
    expect(await told()).toContainEqual(expect.objectContaining({ file: 'words.yaml', line: 6 }))
  })

  test('runs as a command that prints each problem and exits with status 1', async () => {
    const run = () => spawnSync(process.execPath, [COMMAND, course], { encoding: 'utf8' })
    expect(run()).toMatchObject({ status: 0, stdout: 'another-week: no problems found.\n' })
    await change('day-1.md', (text) => `${text}\nIt takes two.\n`)
    const { status, stdout } = run()
    expect(status).toBe(1)
    expect(stdout).toMatch(
      /another-week\/day-1\.md:\d+: "it takes two" is a forbidden phrase\. It shares out the blame/,
    )
  })
})

test('a language without a measure of reading grade says so, and is checked for everything else', async () => {
  const folder = await createTempFolder()
  await cp(join(FIXTURES, 'courses'), folder.path, { recursive: true })
  await cp(join(FIXTURES, 'translations'), folder.path, { recursive: true })
  const german = join(folder.path, 'three-days.de')
  await writeFile(join(german, 'words.yaml'), 'never:\n  - { say: Schätzung, because: Nur hier verboten. }\n')
  const lesson = join(german, 'day-1.md')
  const hard = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen überdurchschnittlich bewunderungswürdig. '
  await writeFile(lesson, `${await readFile(lesson, 'utf8')}\n${hard.repeat(9)}\n`)
  const { problems, notMeasured } = await checkCourseWords(folder.path)
  expect(notMeasured).toEqual(['three-days (de)'])
  expect(problems.map(({ file, what }) => [file.replace(/.*\//, ''), what])).toEqual([
    ['day-1.md', '"Schätzung" is a forbidden phrase.'],
  ])
  await folder.remove()
})
