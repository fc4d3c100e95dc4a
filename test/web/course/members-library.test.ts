import { cp, readFile, writeFile } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { publicPagePath } from '../../../src/core/course/public-pages.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../../support/visitor.ts'

const STEADY_WEEK = fileURLToPath(new URL('../../../lessons/steady-week', import.meta.url))
const COURSE = 'steady-week'
const OTHER = 'other-week'
const LIBRARY = `/courses/${COURSE}/library`
const ARTICLE = `${LIBRARY}/setbacks`
const DAY_MS = 86_400_000
const QUESTIONS = 'questions: { answered-by: Mira Holt, usual-days: 3, do-not-send: No names. }\n'

let folder: Awaited<ReturnType<typeof createTempFolder>>
let app: TestApp
/** In the article, behind its first paragraph. */
const LATER = 'Why dips come'
let learners = 0

// Two courses of the same files, whose libraries are for members.
beforeAll(async () => {
  folder = await createTempFolder()
  for (const name of [COURSE, OTHER]) {
    await cp(STEADY_WEEK, joinPath(folder.path, name), { recursive: true })
    const file = joinPath(folder.path, name, 'course.yaml')
    const questions = name === COURSE ? QUESTIONS : ''
    await writeFile(file, `${await readFile(file, 'utf8')}\nlibrary: members\n${questions}`)
  }
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    worker: true,
    env: { COURSE },
    overrides: { lessonsDir: folder.path },
  })
})
afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

const stranger = () => createVisitor(app.url)
function newLearner(choices: Readonly<Record<string, string>> = {}) {
  learners += 1
  return join(app, `reader-${learners}@example.test`, choices)
}
const readsAll = async (visitor: Visitor, course = COURSE) => {
  const { status, text } = await visitor.get(`/courses/${course}/library/setbacks`)
  expect(status).toBe(200)
  expect(text).toContain('class="lead"')
  return text.includes(LATER)
}

test('a browser that came from a lesson page may ask from there; nobody else gets a link', async () => {
  const { lessonLink } = await newLearner()
  const [visitor, other] = [stranger(), stranger()]
  await visitor.post(`${lessonLink}/library`)
  const list = (await visitor.get(LIBRARY)).text
  const [, path = ''] = /href="(\/l\/[\w-]+\/ask)">Ask it/.exec(list) ?? []
  expect((await visitor.get(path)).text).toContain('Mira Holt answers, usually within 3 days.')
  expect((await other.get(LIBRARY)).text).not.toMatch(/\/ask|Is your question not here/)
  expect((await visitor.get(`/courses/${OTHER}/library`)).text).not.toMatch(/\/ask|Is your question not here/)
})

describe('a library for members', () => {
  test('shows everybody its list, and of each piece the first paragraph', async () => {
    const list = (await stranger().get(LIBRARY)).text
    const { articles, questions } = app.app.ports.courses.resourcesOf(COURSE)
    for (const { name } of articles) expect(list).toContain(`href="${LIBRARY}/${name}"`)
    for (const { id } of questions) {
      expect(list).toContain(`<li id="${id}"><a href="${LIBRARY}/questions/${id}"`)
      const { status, text } = await stranger().get(`${LIBRARY}/questions/${id}`)
      expect([status, text.match(/<article[\s\S]*?<\/article>/)?.[0].match(/<(p|h2)>/g)]).toEqual([200, ['<p>']])
    }
    expect(list).toContain('All of it is for people who take the course, or took it.')
    const article = (await stranger().get(ARTICLE)).text
    expect(article.match(/<article[\s\S]*?<\/article>/)?.[0].match(/<p(?! class="lead")/g)).toHaveLength(1)
    expect(article).not.toContain(LATER)
    expect(article).toContain(`href="/courses/${COURSE}"`)
  })

  test('is open to the browser that confirmed, and to one that was let in with an emailed link', async () => {
    const learner = await newLearner()
    expect(await readsAll(learner.visitor)).toBe(true)
    expect(await readsAll(await openOwnSessionByLink(app, learner))).toBe(true)
    expect((await learner.visitor.get(LIBRARY)).text).not.toContain('All of it is for people')
  })

  test('is open to a browser that saved something on a lesson page', async () => {
    const { lessonLink } = await newLearner()
    const writer = stranger()
    await writer.get(lessonLink)
    expect(await readsAll(writer)).toBe(false)
    await writer.post(lessonLink, { 'f.safe-person': 'my sister', keep: '1' })
    expect(await readsAll(writer)).toBe(true)
  })

  test('is opened from the page behind a lesson link, with no token in its address', async () => {
    const { lessonLink } = await newLearner({ track: 'steady' })
    const visitor = stranger()
    const page = (await visitor.get(lessonLink)).text
    const action = `${new URL(lessonLink).pathname}/library`
    expect(page).toMatch(new RegExp(`<form method="post" action="${action}"[^>]*><button[^>]*>Library`))
    expect(page).toContain(`<form class="read-on" method="post" action="${action}"`)
    expect(visitor.cookies.size).toBe(0)
    const opened = await visitor.post(action, { piece: 'setbacks' })
    expect([opened.status, opened.headers.get('Location')]).toEqual([303, ARTICLE])
    expect(opened.headers.get('Set-Cookie')).toMatch(/^pages=[\w-]+; Max-Age=\d+; Path=\/; .*HttpOnly; SameSite=Lax/)
    expect(await readsAll(visitor)).toBe(true)
  })

  test('is opened from the page to keep too', async () => {
    const { lessonLink } = await newLearner()
    const { ports } = app.app
    const link = LINKS.lesson.read(ports.keys, new URL(lessonLink).pathname.split('/').at(-1) ?? '')
    const lastDay = ports.courses.get(COURSE)?.lessons.length ?? 0
    await ports.store.progress.complete(link?.enrolmentId ?? 0, lastDay, 'small', app.clock.now())
    const visitor = stranger()
    const { text } = await visitor.get(`${lessonLink}/finished`)
    const action = `${new URL(lessonLink).pathname}/library`
    expect(text).toMatch(
      new RegExp(`<li><form method="post" action="${action}">The <button[^>]*>library</button> stays`),
    )
    expect(text).not.toContain(`href="${LIBRARY}"`)
  })

  test.each([
    ['', LIBRARY],
    ['no-sex', `${LIBRARY}/questions/no-sex`],
    ['//example.org', LIBRARY],
    ['../../../l/x', LIBRARY],
  ])('leads from %j to a page of the library and nowhere else', async (piece, location) => {
    const { lessonLink } = await newLearner()
    const opened = await stranger().post(`${lessonLink}/library`, { piece })
    expect(opened.headers.get('Location')).toBe(location)
  })

  test('stays open after a stop and after the end, and closes when everything is deleted', async () => {
    const learner = await newLearner()
    await stranger().post(learner.stopLink)
    const visitor = stranger()
    expect((await visitor.post(`${learner.lessonLink}/library`)).status).toBe(303)
    expect(await readsAll(visitor)).toBe(true)
    expect(await readsAll(learner.visitor)).toBe(true)
    expect((await learner.visitor.post(`${learner.stopLink}/delete`, { sure: 'yes' })).text).toContain('deleted')
    expect(await readsAll(visitor)).toBe(false)
    expect(await readsAll(learner.visitor)).toBe(false)
  })

  test('closes with the notes on this device, on leaving quickly, and when the pass is over', async () => {
    const { lessonLink } = await newLearner()
    for (const path of ['/session/end', '/session/leave']) {
      const visitor = stranger()
      await visitor.post(`${lessonLink}/library`)
      await visitor.post(path)
      expect(visitor.cookies.size).toBe(0)
      expect(await readsAll(visitor)).toBe(false)
    }
    const late = stranger()
    await late.post(`${lessonLink}/library`)
    app.clock.advance(21 * DAY_MS)
    expect(await readsAll(late)).toBe(false)
  })

  test('whoever has the link of one course finds out nothing about another that its learner takes', async () => {
    const { address, lessonLink } = await newLearner()
    const both = await join(app, address, { course: OTHER })
    const visitor = stranger()
    await visitor.post(`${lessonLink}/library`)
    await visitor.post(lessonLink, { 'f.safe-person': 'my sister', keep: '1' })
    expect(await readsAll(visitor)).toBe(true)
    expect(await readsAll(visitor, OTHER)).toBe(false)
    expect(await readsAll(both.visitor, COURSE)).toBe(true)
    expect(await readsAll(both.visitor, OTHER)).toBe(true)
  })

  test('with short emails, the link alone opens nothing', async () => {
    const { lessonLink, visitor } = await newLearner({ shortEmails: 'on' })
    const holder = stranger()
    const answer = await holder.post(`${lessonLink}/library`)
    expect(answer.status).toBe(200)
    expect(answer.text).toBe((await holder.get(lessonLink)).text)
    expect(holder.cookies.size).toBe(0)
    expect(await readsAll(visitor)).toBe(true)
  })

  test('a made-up pass, or one of another purpose, opens nothing', async () => {
    const { lessonLink } = await newLearner()
    for (const pass of ['x'.repeat(40), new URL(lessonLink).pathname.slice(3)]) {
      const { text } = await fetch(`${app.url}${ARTICLE}`, { headers: { Cookie: `pages=${pass}` } }).then(
        async (response) => ({ text: await response.text() }),
      )
      expect(text).not.toContain(LATER)
    }
  })

  test('at a discreet address names neither course nor way to sign up', async () => {
    const { lessonLink } = await newLearner({ discreet: 'on' })
    const path = publicPagePath(COURSE, { kind: 'library' }, true)
    const closed = (await stranger().get(path)).text
    expect(closed).toContain('All of it is for people')
    expect(closed).not.toContain(`/courses/${COURSE}"`)
    const visitor = stranger()
    expect((await visitor.post(`${lessonLink}/library`)).headers.get('Location')).toBe(path)
    expect((await visitor.get(path)).text).not.toContain('All of it is for people')
  })

  test('is said on the privacy page, with its cookie', async () => {
    const { text } = await stranger().get('/privacy')
    expect(text).toContain('The two cookies')
    expect(text).toContain('a second cookie, “pages”')
  })
})

describe('a search', () => {
  const search = (visitor: Visitor, q: string, path = LIBRARY) => visitor.post(path, { q })
  const found = (text: string) =>
    [...(/<ul class="shelf">[\s\S]*?<\/ul>/.exec(text)?.[0] ?? '').matchAll(/<li><a href="([^"]*)"/g)].map(
      ([, href]) => href,
    )

  test('of a member finds what is in the texts, and marks it', async () => {
    const { visitor } = await newLearner()
    const { status, text, headers } = await search(visitor, 'SETBACK')
    expect(status).toBe(200)
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(found(text)[0]).toBe(ARTICLE)
    expect(text).toMatch(/<mark>[Ss]etbacks?<\/mark>/)
    expect(text).toContain('value="SETBACK"')
    expect(text).not.toContain('id="questions"')
  })

  test('of anybody else finds only what everybody may read', async () => {
    const { visitor } = await newLearner()
    expect(found((await search(visitor, 'greenberg')).text)).toContain(ARTICLE)
    const { text } = await search(stranger(), 'greenberg')
    expect(text).toContain('Nothing found')
    expect(text).toContain('This looked only at how each piece begins.')
    expect(text).not.toContain('<mark>')
  })

  test.each([
    ['', 'Type a word to search for.'],
    ['   ', 'Type a word to search for.'],
    ['zebra crossing', 'That says nothing about your question'],
    ['<zebra>', 'value="&#60;zebra&#62;"'],
  ])('for %j is answered kindly, with everything below', async (query, says) => {
    const { status, text } = await search(stranger(), query)
    expect(status).toBe(200)
    expect(text).toContain(says)
    expect(text).toContain('id="questions"')
  })

  test('is in no address: it is sent by POST, and a query in the address is not looked at', async () => {
    const { text } = await stranger().get(`${LIBRARY}?q=setback`)
    expect(text).toMatch(new RegExp(`<form class="search" role="search" method="post" action="${LIBRARY}\\?search"`))
    expect(text).not.toContain('<mark>')
    expect(text).not.toContain('value="setback"')
    const answer = await search(stranger(), 'setback')
    expect(answer.headers.get('Location')).toBeNull()
    expect(answer.text).not.toMatch(/(?:href|action)="[^"]*setback\b(?!s)/)
  })

  test('works at a discreet address, where the self-assessment still does', async () => {
    const path = publicPagePath(COURSE, { kind: 'library' }, true)
    const { text } = await search(stranger(), 'setbacks', path)
    expect(found(text)).toEqual([publicPagePath(COURSE, { kind: 'article', name: 'setbacks' }, true)])
    expect(text).not.toContain('/courses/')
    const start = publicPagePath(COURSE, { kind: 'start' }, true)
    expect((await stranger().post(start, { go: 'begin', mode: 'all' })).status).toBe(200)
  })

  test('is refused when it is longer than any field sends, and cut where it is longer than the field', async () => {
    expect((await search(stranger(), 'x'.repeat(5_000))).status).toBe(413)
    expect((await search(stranger(), `setbacks ${' '.repeat(100)} zebra`)).text).toContain('<mark>')
  })

  test('on no page of the library, or of an unknown course, is not found', async () => {
    expect((await search(stranger(), 'x', `${LIBRARY}/setbacks`)).status).toBe(404)
    expect((await search(stranger(), 'x', '/courses/nothing/library')).status).toBe(404)
  })
})
