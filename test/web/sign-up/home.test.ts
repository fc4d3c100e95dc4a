import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../visitor.ts'

/** `plain` has none of the optional lines of course.yaml, `rich` has all of them. */
let folder: Awaited<ReturnType<typeof createTempFolder>>
let app: TestApp
let visitor: Visitor

beforeAll(async () => {
  folder = await createTempFolder()
  for (const name of ['plain', 'rich'])
    await cp(join(FIXTURE_COURSES, 'three-days'), join(folder.path, name), { recursive: true })
  const file = join(folder.path, 'rich', 'course.yaml')
  const lines = [
    'headline: Leave the house <calm>',
    'written-by: Ada Example & Bo Example',
    'reviewed-by: a teacher of early risers',
    'preview-lesson: true',
    'link-preview: true',
  ]
  await writeFile(file, `${await readFile(file, 'utf8')}\n${lines.join('\n')}\n`)
  app = await createTestApp({ env: { COURSE: 'plain' }, overrides: { lessonsDir: folder.path } })
  visitor = createVisitor(app.url)
})
afterAll(async () => {
  await app.close()
  await folder.remove()
})

describe('the start page of a course', () => {
  test('says what a learner gains, who wrote it and who reviewed it, where the course does', async () => {
    const { text } = await visitor.get('/courses/rich')
    expect(text).toContain('<h1>Leave the house &#60;calm&#62;</h1>')
    expect(text).toContain('Written by <b>Ada Example &#38; Bo Example</b>')
    expect(text).toContain('Reviewed by <b>a teacher of early risers</b>')
    expect(text).toContain('href="/courses/rich/first-lesson"')
  })

  test('and otherwise shows its title and claims nothing', async () => {
    const { text } = await visitor.get('/')
    expect(text).toContain('<h1>Kinder Mornings</h1>')
    expect(text).not.toMatch(/Written by|Reviewed by|first-lesson/)
  })

  test('shows the first lesson in its own words, with nothing in it to focus', async () => {
    for (const path of ['/', '/courses/rich']) {
      const picture =
        /<div class="glimpse-page" aria-hidden="true">[\s\S]*?<\/div>\s*<p class="glimpse-exercise">/.exec(
          (await visitor.get(path)).text,
        )?.[0]
      const lesson = app.app.ports.courses.get('plain')?.lessons[0]
      expect(picture).toContain(lesson?.title)
      expect(picture).not.toMatch(/<a\b|<button|\{\{/)
    }
  })

  test('tells messengers what it is about only where the course allows it', async () => {
    const { text } = await visitor.get('/courses/rich')
    expect(text).toContain('<meta property="og:title" content="Kinder Mornings: Leave the house &#60;calm&#62;">')
    expect(text).toContain(`<meta property="og:url" content="${app.url}/courses/rich">`)
    expect((await visitor.get('/')).text).not.toContain('og:')
    expect((await visitor.get('/courses/rich/first-lesson')).text).not.toContain('og:')
    expect((await visitor.get('/nowhere')).text).not.toContain('og:')
  })

  test('folds what most can leave out, and unfolds it where something was chosen or is wrong', async () => {
    const folds = (text: string) =>
      [...text.matchAll(/<details class="fold"( open)?>/g)].map(([, open]) => open !== undefined)
    expect(folds((await visitor.get('/')).text)).toEqual([false, false, false])
    const wrong = { email: 'no', timeZone: 'UTC', hour: '6' }
    const foldsOf = async (form: object) => folds((await visitor.post('/sign-up', { ...wrong, ...form })).text)
    expect(await foldsOf({})).toEqual([false, false, false])
    expect(await foldsOf({ name: 'https://example.org' })).toEqual([true, false, false])
    expect(await foldsOf({ discreet: 'on' })).toEqual([false, true, false])
    expect(await foldsOf({ pace: 'weekdays' })).toEqual([false, false, true])
  })
})

describe('the first lesson', () => {
  test('can be read and tried by anybody, and offers nothing that could send what is typed', async () => {
    const { status, text, headers } = await visitor.get('/courses/rich/first-lesson')
    const lesson = app.app.ports.courses.get('rich')?.lessons[0]
    expect(status).toBe(200)
    expect(headers.getSetCookie()).toEqual([])
    expect(text).toContain(`<h1>${lesson?.title}</h1>`)
    expect(text).toContain(lesson?.exercise.title)
    const main = /<main[\s\S]*<\/main>/.exec(text)?.[0]
    expect(main).toMatch(/<(input|textarea)/)
    expect(main).not.toMatch(/<form|type="submit"|data-draft|formaction/)
    expect(text).not.toContain('draft.js')
    expect(text).toContain('href="/courses/rich#join"')
  })

  test('does not exist where the course does not say so', async () => {
    expect((await visitor.get('/courses/plain/first-lesson')).status).toBe(404)
    expect((await visitor.get('/courses/none/first-lesson')).status).toBe(404)
  })
})
