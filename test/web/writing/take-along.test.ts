import { cp, rm } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { FIELD_TYPE_NAMES, type Field } from '../../../src/core/course/fields/field-types.ts'
import { fieldsFor } from '../../../src/core/course/variant.ts'
import { COMMON_VARIANT } from '../../../src/core/model.ts'
import { FRESH_SESSION } from '../../../src/core/security/session.ts'
import { allRows, queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { fillExercise } from '../../support/fill-exercise.ts'
import { linkOf } from '../../support/mail-links.ts'
import type { Accepted } from '../../support/mail-server.ts'
import { newestLink, openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTempFolder } from '../../support/temp-folder.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'
import { shown } from '../english-phrases.ts'

const DAY = 86_400_000
const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url))
const ADDRESS = 'mara@example.test'
const WALKS = 'five-small-walks'
const FILES = ['/take', '/take/notes.html', '/take/notes.json', '/take/leave']
let folder: { path: string; remove(): Promise<void> }
let app: TestApp
/** Of the walks, finished, and of the mornings, just begun; the browser has a fresh own session. */
let walks: SignedUpLearner
let mornings: SignedUpLearner

interface SavedCourse {
  readonly number: number
  readonly title: string | null
  readonly days: readonly {
    readonly day: number
    readonly title: string | null
    readonly effort: string | null
    readonly answers: readonly {
      readonly question: string | null
      readonly type: string | null
      readonly value: unknown
      readonly lines: readonly string[]
      readonly others: readonly { readonly value: unknown }[]
    }[]
  }[]
}

beforeAll(async () => {
  folder = await createTempFolder()
  await cp(joinPath(EXAMPLES, WALKS), joinPath(folder.path, WALKS), { recursive: true })
  await cp(joinPath(FIXTURE_COURSES, 'three-days'), joinPath(folder.path, 'three-days'), { recursive: true })
  app = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: folder.path },
    worker: true,
  })
  walks = await join(app, ADDRESS, { course: WALKS, name: 'Mara' })
  for (const lesson of lessonsOf(WALKS)) {
    const mail = (await app.mail.waitForMail(ADDRESS, lesson.day + 1))[lesson.day] as Accepted
    await waitUntilIdle(app.dataDir, app.clock.now())
    const answer = await walks.visitor.post(linkOf(mail, '/l/'), { ...fillExercise(lesson), effort: 'full' })
    expect(answer.status).toBe(303)
    app.clock.advance(DAY)
  }
  await app.mail.waitForMail(ADDRESS, lessonsOf(WALKS).length + 2)
  await waitUntilIdle(app.dataDir, app.clock.now())
  mornings = await join(app, ADDRESS, { course: 'three-days', discreet: 'on' })
  await mornings.visitor.post(mornings.lessonLink, { 'f.first': 'I looked at the light <3', keep: '1' })
})
afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

const lessonsOf = (course: string) => app.app.ports.courses.get(course)?.lessons ?? []
const htmlOf = async () => (await mornings.visitor.get(`${mornings.lessonLink}/take/notes.html`)).text
const jsonOf = async () =>
  JSON.parse((await mornings.visitor.get(`${mornings.lessonLink}/take/notes.json`)).text) as {
    readonly courses: readonly SavedCourse[]
    readonly [name: string]: unknown
  }

describe('the files', () => {
  test('hold the question and the answer of every type of field, in every course of this address', async () => {
    const text = shown(await htmlOf())
    const { courses } = await jsonOf()
    const answers = courses[0]?.days.flatMap((day) => day.answers) ?? []
    const asked: Field['type'][] = []
    for (const lesson of lessonsOf(WALKS)) {
      for (const field of fieldsFor(lesson.exercise, COMMON_VARIANT, 'full')) {
        if (field.type === 'note') continue
        asked.push(field.type)
        const answer = answers.find(({ question, type }) => question === field.label && type === field.type)
        expect({ field: field.id, lines: answer?.lines.length }).not.toMatchObject({ lines: 0 })
        expect(text).toContain(`<h4>${field.label}</h4>`)
        for (const line of answer?.lines ?? []) expect(text).toContain(`<p>${line}</p>`)
      }
    }
    expect([...new Set([...asked, 'note'])].toSorted()).toEqual([...FIELD_TYPE_NAMES].toSorted())
    expect(text).toContain('<p>I looked at the light <3</p>')
    expect(courses[1]?.days).toMatchObject([{ day: 1, answers: [{ value: 'I looked at the light <3' }] }])
  })

  test('have a heading for every course and day, with the dates of what was done', async () => {
    const text = shown(await htmlOf())
    const headings = [...text.matchAll(/<h([1-3])>([^<]+)</g)].map(([, level, words]) => `${level} ${words}`)
    expect(headings).toEqual([
      '1 My notes',
      `2 ${app.app.ports.courses.get(WALKS)?.title}`,
      ...lessonsOf(WALKS).map(({ day, title }) => `3 Day ${day}: ${title}`),
      // Discreet, so the course is not named here either.
      '2 Notes',
      `3 Day 1: ${lessonsOf('three-days')[0]?.title}`,
    ])
    expect(text).toContain('Done on March 2, 2026')
    expect(text).toContain('Begun on March 7, 2026')
  })

  test('ask for nothing outside themselves, run nothing, and hold no link or token', async () => {
    const answer = await mornings.visitor.get(`${mornings.lessonLink}/take/notes.html`)
    const { text } = answer
    expect(text).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/)
    expect(text).not.toMatch(/<(?:script|link|img|a|form|iframe)\b|\b(?:src|href|action)=|url\(|@import|@font-face/)
    expect(text).toContain("default-src 'none'; style-src 'unsafe-inline'")
    expect(text).toContain('I looked at the light &#60;3')
    expect(text).toMatch(/prefers-color-scheme: dark[\s\S]*@media print/)
    for (const learner of [walks, mornings])
      for (const link of [learner.lessonLink, learner.stopLink])
        expect(text).not.toContain(new URL(link).pathname.split('/')[2])
  })

  test.each([
    ['html', 'text/html; charset=utf-8'],
    ['json', 'application/json; charset=utf-8'],
  ])('%s: named by its date alone, and stored by no browser', async (format, type) => {
    const { headers } = await mornings.visitor.get(`${mornings.lessonLink}/take/notes.${format}`)
    expect(headers.get('content-disposition')).toBe(`attachment; filename=my-notes-2026-03-07.${format}`)
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('JSON also holds what was agreed to, the emails and the settings, in UTC', async () => {
    const saved = await jsonOf()
    expect(saved).toMatchObject({
      format: 'my-notes',
      version: 1,
      savedAt: '2026-03-07T09:00:00.000Z',
      email: ADDRESS,
      readingWord: false,
      courses: [
        {
          number: 1,
          state: 'finished',
          begunAt: '2026-03-02T09:00:00.000Z',
          pause: null,
          ownLine: null,
          settings: {
            name: 'Mara',
            language: 'en',
            timeZone: 'Europe/Berlin',
            hour: 7,
            pace: 'daily',
            reminderHour: null,
            discreet: false,
            webOnly: false,
            shortEmails: false,
            checkIns: true,
          },
        },
        { number: 2, state: 'active', settings: { discreet: true } },
      ],
    })
    expect(saved.consents).toMatchObject([
      { confirmedAt: '2026-03-02T09:00:00.000Z', confirmedBy: 'button', declinedAt: null },
      {
        course: 'Kinder Mornings',
        wording: '2026-11-test',
        text: 'I agree to receive the three letters of Kinder Mornings and a closing letter by email.',
      },
    ])
    const emails = saved.emails as { kind: string; course: number | null; day: number | null; state: string }[]
    expect(emails.filter(({ kind }) => kind === 'sign-up')).toHaveLength(2)
    expect(emails.filter(({ course, state }) => course === 1 && state === 'sent').map(({ day }) => day)).toEqual([
      1, 2, 3, 4, 5, 6,
    ])
    expect(emails.filter(({ course, state }) => course === 2 && state === 'planned')).toHaveLength(2)
    expect(saved.courses[0]?.days[0]).toMatchObject({
      kind: 'lesson',
      openedAt: '2026-03-02T09:00:00.000Z',
      effort: 'full',
      doneAt: '2026-03-02T09:00:00.000Z',
    })
  })

  test('show the texts of two devices side by side', async () => {
    app.clock.advance(60_000)
    const other = createVisitor(app.url)
    await other.post(mornings.lessonLink, { 'f.first': 'from the phone', keep: '1' })
    const text = await htmlOf()
    expect(text).toMatch(/<p>Written on March 7, 2026, 10:01\sAM:<\/p>\n<p>from the phone<\/p>/)
    expect(text).toContain('<p>I looked at the light &#60;3</p>')
    const { courses } = await jsonOf()
    expect(courses[1]?.days[0]?.answers).toMatchObject([
      { value: 'from the phone', others: [{ value: 'I looked at the light <3' }] },
    ])
  })

  test('looking at them changes nothing', async () => {
    const before = allRows(app.dataDir)
    for (const path of FILES)
      expect({ path, status: (await mornings.visitor.get(mornings.lessonLink + path)).status }).toEqual({
        path,
        status: 200,
      })
    expect(allRows(app.dataDir)).toEqual(before)
  })
})

test('the settings, the notes of a day and the page that opens with a link lead there', async () => {
  const path = `${new URL(mornings.lessonLink).pathname}/take`
  for (const from of ['/settings', '/print'])
    expect((await mornings.visitor.get(mornings.lessonLink + from)).text).toContain(`href="${path}"`)
})

describe('without a fresh own session', () => {
  const SECRET = 'I looked at the light'

  test('whoever holds the link, also who wrote with it, is offered a link by email, and sees nothing', async () => {
    const writer = createVisitor(app.url)
    await writer.post(mornings.lessonLink, { 'f.first': 'by whoever holds the link', keep: '1' })
    const pages: string[] = []
    for (const visitor of [createVisitor(app.url), writer]) {
      for (const path of FILES) {
        const answer = await visitor.get(mornings.lessonLink + path)
        expect({ path, status: answer.status }).toEqual({ path, status: path.includes('notes') ? 403 : 200 })
        expect(answer.headers.get('content-disposition')).toBeNull()
        pages.push(answer.text)
      }
      pages.push((await visitor.post(`${mornings.lessonLink}/take/leave`, { seen: '9999999999999' })).text)
    }
    expect(new Set(pages).size).toBe(1)
    expect(pages[0]).toContain('<input type="hidden" name="goal" value="take">')
    for (const hidden of [SECRET, 'by whoever', ADDRESS]) expect(pages[0]).not.toContain(hidden)
    expect(queryRows(app.dataDir, 'select address from learner')).toHaveLength(1)
  })

  test('nothing may be posted to the files, and nothing is found beside them', async () => {
    expect((await mornings.visitor.post(`${mornings.lessonLink}/take`)).status).toBe(404)
    expect((await mornings.visitor.post(`${mornings.lessonLink}/take/notes.html`)).status).toBe(404)
    expect((await mornings.visitor.get(`${mornings.lessonLink}/take/notes.txt`)).status).toBe(404)
  })

  test('a session that is too old is asked again, and its link leads back', async () => {
    app.clock.advance(FRESH_SESSION)
    const old = await mornings.visitor.get(`${mornings.lessonLink}/take`)
    expect(old.status).toBe(200)
    for (const format of ['html', 'json'])
      expect((await mornings.visitor.get(`${mornings.lessonLink}/take/notes.${format}`)).status).toBe(403)
    expect(old.text).toContain('So that nobody else can take your words along')
    const before = app.mail.accepted.filter(({ to }) => to === ADDRESS).length
    await mornings.visitor.post(`${mornings.lessonLink}/read`, { goal: 'take' })
    await app.mail.waitForMail(ADDRESS, before + 1)
    const opened = await mornings.visitor.post(await newestLink(app, ADDRESS, '/read/'))
    expect(opened.text).toContain(`<a class="button" href="${new URL(mornings.lessonLink).pathname}/take">`)
    expect((await mornings.visitor.get(`${mornings.lessonLink}/take`)).status).toBe(200)
  })
})

describe('taking it and deleting', () => {
  const seenOn = (page: string) => /name="seen" value="(\d+)"/.exec(page)?.[1] ?? ''
  const learners = (address: string) => queryRows(app.dataDir, 'select id from learner where address = ?', address)

  async function writer(address: string) {
    const joined = await join(app, address, { course: 'three-days' })
    await joined.visitor.post(joined.lessonLink, { 'f.first': 'first words', keep: '1' })
    return { ...joined, leave: `${joined.lessonLink}/take/leave` }
  }

  test('happens with the click that says the file opened, and the page says what is left', async () => {
    const { visitor, leave, lessonLink, address } = await writer('leaving@example.test')
    const page = await visitor.get(leave)
    expect(page.text).toContain(`href="${new URL(lessonLink).pathname}/take/notes.html"`)
    expect(learners(address)).toHaveLength(1)
    const done = await visitor.post(leave, { seen: seenOn(page.text) })
    expect(done.status).toBe(200)
    expect(shown(done.text)).toContain('Deleted: your address, your choices, what you agreed to, everything you wrote')
    expect(shown(done.text)).toContain('A code made from your address stays for 30 days')
    expect(done.headers.get('set-cookie')).toMatch(/notes=;.*Expires=Thu, 01 Jan 1970/)
    expect(learners(address)).toEqual([])
    expect((await visitor.get(lessonLink)).status).toBe(410)
  })

  test('deletes nothing that was saved after the page had opened, in whatever tab; the next page does', async () => {
    const { visitor, leave, lessonLink, address } = await writer('two-tabs@example.test')
    const first = await visitor.get(leave)
    app.clock.advance(1_000)
    await visitor.postJson(`${lessonLink}/draft`, { 'f.first': 'typed in the other tab', 'v.first': '1' })
    const refused = await visitor.post(leave, { seen: seenOn(first.text) })
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('Nothing has been deleted.')
    expect((await visitor.get(`${lessonLink}/take/notes.html`)).text).toContain('typed in the other tab')
    expect(learners(address)).toHaveLength(1)
    expect((await visitor.post(leave, { seen: seenOn(refused.text) })).status).toBe(200)
    expect(learners(address)).toEqual([])
  })

  test('a form that does not say what it saw deletes nothing that was written', async () => {
    const { visitor, leave, address } = await writer('no-form@example.test')
    for (const form of [{}, { seen: '' }, { seen: '-1' }, { seen: '1e99' }, { seen: ['1', '2'] }])
      expect((await visitor.post(leave, form)).status).toBe(409)
    expect(learners(address)).toHaveLength(1)
  })

  test('a second click, in this tab or another, is told that it is done', async () => {
    const { visitor, leave, address } = await writer('twice@example.test')
    const seen = seenOn((await visitor.get(leave)).text)
    const cookie = visitor.cookies.get('notes') ?? ''
    const tabs = [visitor, createVisitor(app.url), createVisitor(app.url)]
    for (const tab of tabs.slice(1)) (tab.cookies as Map<string, string>).set('notes', cookie)
    const answers = await Promise.all(tabs.map((tab) => tab.post(leave, { seen })))
    answers.push(await visitor.post(leave, { seen }))
    for (const { status, text } of answers) {
      expect(status).toBe(200)
      expect(text).toContain('It is deleted')
    }
    expect(learners(address)).toEqual([])
  })

  test('a session that became too old meanwhile is asked again, and nothing is deleted', async () => {
    const { visitor, leave, address } = await writer('slowly@example.test')
    const seen = seenOn((await visitor.get(leave)).text)
    app.clock.advance(FRESH_SESSION)
    const answer = await visitor.post(leave, { seen })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('name="goal" value="take"')
    expect(learners(address)).toHaveLength(1)
  })
})

test('what was written stays in the file when the course itself is gone, under the questions as they were', async () => {
  await rm(joinPath(folder.path, WALKS), { recursive: true })
  await app.restart()
  const visitor = await openOwnSessionByLink(app, mornings)
  const text = shown((await visitor.get(`${mornings.lessonLink}/take/notes.html`)).text)
  expect(text).toContain('<h2>A course that is no longer here</h2>')
  expect(text).toContain('<h4>One thing you had never noticed</h4>\n<p>A <b>word</b> & "two" of find</p>')
  const saved = JSON.parse((await visitor.get(`${mornings.lessonLink}/take/notes.json`)).text) as {
    readonly courses: readonly SavedCourse[]
  }
  expect(saved.courses[0]).toMatchObject({ title: null, days: { length: 5 } })
  expect(saved.courses[0]?.days[2]?.answers.map(({ question }) => question)).toContain(
    'One thing you had never noticed',
  )
})
