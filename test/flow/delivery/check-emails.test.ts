import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { checkWithCache } from '../../../src/content/check-cache.ts'
import { loadContent } from '../../../src/content/load-content.ts'
import { LOCALES } from '../../../src/content/load-locales.ts'
import { checkEmails } from '../../../src/flow/delivery/check-emails.ts'
import { sampleEmails, variantsOf } from '../../../src/flow/delivery/sample-emails.ts'
import type { EmailToCompose } from '../../../src/flow/ports/ports.ts'
import { createComposer } from '../../../src/mail/message/composer.ts'
import { EMAILS, LESSONS } from '../../mail/message/sample-mail.ts'
import { siteAt } from '../../support/parse-servers.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES } from '../../support/test-app.ts'

const site = siteAt('https://course.example')
let folder: { path: string; remove(): Promise<void> }

beforeEach(async () => {
  folder = await createTempFolder()
  await cp(FIXTURE_COURSES, folder.path, { recursive: true })
})
afterEach(() => folder.remove())

async function check(lessonsDir = folder.path, localesDir = LOCALES) {
  const { courses, emails, locales } = await loadContent({ lessonsDir, emailsDir: EMAILS, localesDir })
  const from = { name: '', address: 'hello@course.example' }
  const composer = createComposer({ emails, locales, from, postalAddress: 'Example House', hostname: site.hostname })
  const built: EmailToCompose[] = []
  const problems = await checkEmails(
    courses,
    {
      ...composer,
      compose(mail) {
        built.push(mail)
        return composer.compose(mail)
      },
    },
    site,
  )
  return { problems, built, courses }
}

async function change(file: string, from: string, to: string): Promise<void> {
  const path = join(folder.path, 'three-days', file)
  const text = await readFile(path, 'utf8')
  expect(text).toContain(from)
  await writeFile(path, text.replace(from, to))
}

const long = `${`${'many words in a row here. '.repeat(40)}\n\n`.repeat(90)}`

describe('every email of a course is built before anything starts', () => {
  test('the courses that come with the project can all be sent, in the time of a start', async () => {
    const started = process.cpuUsage()
    const { problems, built, courses } = await check(LESSONS)
    expect(problems).toEqual([])
    const kinds = new Set(built.map(({ kind, discreet, name }) => `${kind} ${discreet} ${name !== ''}`))
    expect(kinds.size).toBe(18 * 2 * 2)
    const short = built.filter((mail) => mail.short).map(({ kind, discreet }) => `${kind} ${discreet}`)
    expect(new Set(short).size).toBe(3 * 2)
    // Whatever a form of the course shows that another does not has been built.
    for (const course of courses.all()) {
      for (const lesson of course.lessons) {
        const blocks = lesson.body.filter(({ pageOnly }) => !pageOnly)
        for (const name of new Set(blocks.flatMap(({ audiences }) => audiences))) {
          const readers = built.filter(({ day }) => day === lesson.day).map(({ variant }) => variant)
          expect(readers.some(({ track, overlays }) => name === (track ?? 'common') || overlays.includes(name))).toBe(
            true,
          )
        }
      }
      expect(built.length).toBeLessThan(variantsOf(course).length * 15 * 4)
    }
    // Half a second of this process. Time on the clock would say how busy the machine is.
    const { user, system } = process.cpuUsage(started)
    expect((user + system) / 1000).toBeLessThan(5_000)
  })

  test('a lesson of 90 KB is told with file, line and fix', async () => {
    await change('day-1.md', 'Hello{{, name}},', `Hello,\n\n${long}`)
    expect((await check()).problems).toEqual([
      {
        file: expect.stringMatching(/three-days\/day-1\.md$/),
        line: 38,
        what: expect.stringContaining('Day 1'),
        fix: expect.stringMatching(/11[67] KB.*the limit is 80 KB.*Shorten/),
      },
    ])
  })

  test('one that is too long for one overlay alone, in its closing email, is told', async () => {
    const course = join(folder.path, 'three-days', 'course.yaml')
    const audiences = 'audiences:\n  overlays:\n    - { name: light, title: Light, summary: Less. }\n'
    await writeFile(course, `${await readFile(course, 'utf8')}${audiences}`)
    const closing = join(folder.path, 'three-days', 'closing.md')
    await writeFile(closing, `${await readFile(closing, 'utf8')}\n::: for light\n${long}\n:::\n`)
    const { problems } = await check()
    expect(problems.map(({ file }) => file)).toEqual([expect.stringMatching(/closing\.md$/)])
  })

  test.each(['confirm', 'short', 'erase-link'])('what is wrong with the words of %s is told', async (name) => {
    const localesDir = join(folder.path, '..', `locales-${process.pid}`)
    await cp(LOCALES, localesDir, { recursive: true })
    const file = join(localesDir, 'en.json')
    const words = JSON.parse(await readFile(file, 'utf8'))
    words.emails[name].body += '\n\n![a](https://img.example/a.png)'
    await writeFile(file, JSON.stringify(words))
    const { problems } = await check(folder.path, localesDir)
    expect(problems).toContainEqual(expect.objectContaining({ file: 'locales/en.json' }))
    expect(new Set(problems.map((problem) => problem.file)).size).toBe(1)
    expect(problems[0]?.fix).toContain('Remove the picture')
  })

  test('the service does not start with it', async () => {
    await change('day-2.md', 'take one part', long)
    const start = createTestApp({
      env: { COURSE: 'three-days' },
      overrides: { lessonsDir: folder.path, checkEmails: true },
    })
    await expect(start).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringMatching(/day-2\.md:\d+: /),
    })
  })
})

describe('a check', () => {
  test('that found nothing is not made again for the same files, and is made for others', async () => {
    const kept = join(folder.path, 'kept')
    await mkdir(kept)
    let made = 0
    const ask = (depends: unknown, problems: readonly { file: string; what: string; fix: string }[] = []) => {
      const check = async () => {
        made += 1
        return problems
      }
      return checkWithCache(depends, check, kept)
    }
    await ask({ course: 1 })
    await ask({ course: 1 })
    expect(made).toBe(1)
    const problem = { file: 'a', what: 'b', fix: 'c' }
    expect(await ask({ course: 2 }, [problem])).toEqual([problem])
    expect(await ask({ course: 2 }, [problem])).toEqual([problem])
    expect(made).toBe(3)
    expect(await readdir(kept)).toHaveLength(1)
  })

  test('is made each time where nothing can be kept', async () => {
    await writeFile(join(folder.path, 'file'), '')
    expect(await checkWithCache({}, async () => [], join(folder.path, 'file', 'below'))).toEqual([])
  })
})

test('samples have every kind of email', async () => {
  const { courses } = await loadContent({ lessonsDir: LESSONS, emailsDir: EMAILS })
  const [course] = courses.all()
  if (course === undefined) throw new Error('There is no course.')
  const shared = { course, resources: courses.resourcesOf(course.name), publicUrl: site, to: 'a@course.example' }
  const reader = { variant: { track: null, overlays: [] }, discreet: false, name: '', timeZone: 'UTC', date: 0 }
  expect(new Set(sampleEmails({ ...shared, ...reader }).map(({ email }) => email.kind)).size).toBe(18)
})
