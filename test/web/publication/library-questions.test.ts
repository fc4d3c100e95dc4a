import { cp, readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { publicPagePath } from '../../../src/core/course/public-pages.ts'
import { publicationHash, publishedCode } from '../../../src/core/publication/publication.ts'
import type { PublicationText } from '../../../src/core/publication/publication-text.ts'
import type { NewPublishedQuestion } from '../../../src/flow/ports/publication-ports.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'
import { createVisitor } from '../../support/visitor.ts'

const STEADY_WEEK = fileURLToPath(new URL('../../../lessons/steady-week', import.meta.url))
const COURSE = 'steady-week'
const MEMBERS = 'members-week'

let folder: Awaited<ReturnType<typeof createTempFolder>>
let app: TestApp
/** Another process on the same database. */
let other: TestApp
let made = 0

beforeAll(async () => {
  folder = await createTempFolder()
  for (const name of [COURSE, MEMBERS]) await cp(STEADY_WEEK, joinPath(folder.path, name), { recursive: true })
  const file = joinPath(folder.path, MEMBERS, 'course.yaml')
  await writeFile(file, `${await readFile(file, 'utf8')}\nlibrary: members\n`)
  const options = { env: { COURSE }, overrides: { lessonsDir: folder.path } }
  app = await createTestApp(options)
  other = await createTestApp({ ...options, env: { COURSE, DATA_DIR: app.dataDir } })
})
afterAll(async () => {
  await other?.close()
  await app?.close()
  await folder?.remove()
})

const TEXT: PublicationText = {
  ...{ question: 'May I sleep in the other room?', answer: 'You **may**.\n\nSee the [help page](page:help).' },
  ...{ followUp: 'And if they mind?', secondAnswer: 'Say when you will look at it again.' },
  ...{ situation: 'mend', language: 'en', article: 'setbacks' },
}

async function publish(more: Partial<PublicationText> = {}, row: Partial<NewPublishedQuestion> = {}) {
  made += 1
  const { ports } = app.app
  const [course, address, now] = [row.course ?? COURSE, `asks-${made}@example.test`, ports.clock.now()]
  const { learner, enrolment } = await enrolForTest(ports.store, { now, days: 0, address })
  const question = await ports.store.questions.add({
    ...{ learnerId: learner.id, enrolmentId: enrolment.id, course, language: 'en', day: 1 },
    ...{ via: 'form', state: 'waiting', urgent: false, allowsName: false, askedAt: now },
  })
  const id = `made${made}`
  const text = { ...TEXT, ...more }
  await ports.store.publishedQuestions.add({
    ...{ id, code: publishedCode(course, id), questionId: question.id, staysWhenErased: false, course, text },
    ...{ library: 'open', textHash: publicationHash(text, 'open'), now },
    ...row,
  })
  return {
    id,
    path: publicPagePath(course, { kind: 'question', name: id }, false),
    discreet: publicPagePath(course, { kind: 'question', name: id }, true),
    withdraw: () => ports.store.publishedQuestions.removeOfQuestion(question.id),
  }
}

const get = (path: string, from = app) => createVisitor(from.url).get(path)
const search = (q: string, from = app, course = COURSE) =>
  createVisitor(from.url).post(`/courses/${course}/library`, { q })
/** The part of the page with the questions, by situation. */
const shelf = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/<h3 id="questions-([a-z]+)">[\s\S]*?<ul[^>]*>([\s\S]*?)<\/ul>/g)].map(([, name, list = '']) => [
      name,
      [...list.matchAll(/href="[^"]*\/([^"/]+)"/g)].map(([, id]) => id),
    ]),
  )

describe('a question of a learner', () => {
  test('stands in one list with those of the course, by situation, and has a page of the same form', async () => {
    const { id, path } = await publish()
    const list = shelf((await get(`/courses/${COURSE}/library`)).text)
    expect(list.mend).toEqual([id])
    expect(list.steady).toContain('no-sex')
    const [its, shipped] = await Promise.all([get(path), get(`/courses/${COURSE}/library/questions/no-sex`)])
    expect([its.status, shipped.status]).toEqual([200, 200])
    const shape = (text: string) => [
      ...(/<article[\s\S]*<\/article>/.exec(text)?.[0] ?? '').matchAll(/<(article|h\d)/g),
    ]
    expect(shape(its.text).map(String)).toEqual(shape(shipped.text).map(String))
    expect(its.text).toContain('<strong>may</strong>')
    expect(its.text).toContain(`href="/courses/${COURSE}/pages/help"`)
    expect(its.text).toContain(`href="/courses/${COURSE}/library/setbacks"`)
    expect(its.text).toContain('Asked by somebody on this course')
    expect(shipped.text).not.toContain('Asked by somebody on this course')
  })

  test('may have no follow-up, suit everyone, and be in another language', async () => {
    const bare = { followUp: '', secondAnswer: '', situation: null, language: 'de', article: null }
    const { id, path } = await publish(bare)
    const { text } = await get(`/courses/${COURSE}/library`)
    expect(shelf(text).everyone).toContain(id)
    expect(text).toContain(`/library/questions/${id}" lang="de" dir="ltr">`)
    const page = (await get(path)).text
    expect(page).toContain('<article class="prose article" lang="de" dir="ltr">')
    expect(page).not.toContain('<h2>')
  })

  test('is found by a search, and its words are marked', async () => {
    const { id } = await publish({ answer: 'A capybara waits.' })
    const { text } = await search('CAPYBARA')
    expect(text).toContain(`href="/courses/${COURSE}/library/questions/${id}"`)
    expect(text).toContain('<mark>capybara</mark>')
  })

  test('in another language says in a search which one it is, and one in the language of the page does not', async () => {
    const words = { question: 'Darf ein Erdferkel warten?', answer: 'Ja, ein Weilchen.' }
    const { path } = await publish({ ...words, language: 'de' })
    const { text } = await search('erdferkel')
    expect(text).toContain(`<a href="${path}" lang="de" dir="ltr">Darf ein <mark>Erdferkel</mark> warten?</a>`)
    expect(text).toContain('<span class="quiet" lang="de" dir="ltr">Deutsch:</span> <span lang="de" dir="ltr">Ja, ein')
    await publish({ answer: 'An okapi waits.' })
    const same = (await search('okapi')).text
    expect(same).toContain('<mark>okapi</mark>')
    expect(same).not.toMatch(/<li>[\s\S]*lang=[\s\S]*<\/li>|Deutsch:/)
  })

  test('has a discreet address that names neither course nor page', async () => {
    const { discreet } = await publish({ question: 'Is this discreet?' })
    const { status, text } = await get(discreet)
    expect(status).toBe(200)
    expect(discreet).toMatch(/^\/n\/[\w-]{10}$/)
    expect(text).toContain('Is this discreet?')
    expect(text).toContain('<title>Notes</title>')
    expect(text).not.toContain('/courses/')
  })

  test('and its list are kept by no search engine, and no page is kept by a browser', async () => {
    const { path, discreet } = await publish()
    for (const page of [path, `/courses/${COURSE}/library`]) {
      const { headers } = await get(page)
      expect(headers.get('X-Robots-Tag')).toBe('noindex, noarchive')
      expect([headers.get('Cache-Control'), headers.get('ETag'), headers.get('Last-Modified')]).toEqual([
        ...['no-store', null, null],
      ])
    }
    expect((await get(discreet)).headers.get('X-Robots-Tag')).toMatch(/noindex/)
    expect((await get(`/courses/${COURSE}/library/questions/no-sex`)).headers.get('X-Robots-Tag')).toBeNull()
  })

  test('that is taken out is gone from pages, list and search of every process at once, as if it had never been', async () => {
    const { id, path, discreet, withdraw } = await publish({ answer: 'An aardvark waits.' })
    for (const from of [app, other]) {
      expect((await get(path, from)).status).toBe(200)
      expect((await get(discreet, from)).status).toBe(200)
      expect((await search('aardvark', from)).text).toContain(id)
    }
    await withdraw()
    for (const from of [app, other]) {
      expect((await get(`/courses/${COURSE}/library`, from)).text).not.toContain(id)
      expect((await search('aardvark', from)).text).toContain('Nothing found')
      const never = await get(`/courses/${COURSE}/library/questions/never-was`, from)
      for (const gone of [path, discreet]) {
        const { status, text, headers } = await get(gone, from)
        expect([status, text.replaceAll(gone, '')]).toEqual([404, never.text.replaceAll('never-was', '')])
        expect(headers.get('Cache-Control')).toBe('no-store')
      }
    }
  })

  test('in a library for members shows everybody how its answer begins, and nothing else', async () => {
    const words = { answer: 'First.\n\nAn ocelot waits.', followUp: 'And a kookaburra?', secondAnswer: 'A wombat.' }
    const { path } = await publish(words, { course: MEMBERS, library: 'members' })
    const { text } = await get(path)
    expect(text).toContain('<p>First.</p>')
    for (const hidden of ['ocelot', 'kookaburra', 'wombat']) expect(text).not.toContain(hidden)
    for (const word of ['ocelot', 'kookaburra', 'wombat'])
      expect((await search(word, app, MEMBERS)).text).toContain('Nothing found')
    expect((await search('first', app, MEMBERS)).text).toContain(`<a href="${path}">`)
  })

  test('that its learner agreed to for members is not shown once the library is open to everybody', async () => {
    const { id, path, discreet } = await publish({}, { library: 'members' })
    expect((await get(path)).status).toBe(404)
    expect((await get(discreet)).status).toBe(404)
    expect((await get(`/courses/${COURSE}/library`)).text).not.toContain(id)
  })
})

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '[a](javascript:alert(1))',
  '[a](page:help"onclick="alert(1))',
  '<a href="javascript:alert(1)">a</a>',
  '![a](https://example.org/a.png"onerror="alert(1))',
  '</article></main><form action=https://example.org>',
  '`</code><script>alert(1)</script>`',
  '<https://example.org/"onclick="alert(1)>',
  '{{name}}',
]

test.each(['question', 'answer', 'followUp', 'secondAnswer'] as const)(
  'nothing in the field %s becomes more than text, in the library, on its page and in a search',
  async (field) => {
    for (const hostile of HOSTILE) {
      const { path, discreet, withdraw } = await publish({ [field]: `${hostile} quokka` })
      const pages = [
        (await get(path)).text,
        (await get(discreet)).text,
        (await get(`/courses/${COURSE}/library`)).text,
        (await search('quokka')).text,
      ]
      for (const text of pages) {
        const main = /<main[\s\S]*<\/main>/.exec(text)?.[0] ?? ''
        expect(main).not.toMatch(/<script|<form action|<[^>]*\son\w+=|href="javascript:|<img(?! src="https:)/i)
        expect(text.match(/<\/main>/g)).toHaveLength(1)
      }
      await withdraw()
    }
  },
)
