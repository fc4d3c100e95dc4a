import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { loadCourses } from '../../src/content/load-courses.ts'
import type { Assessment, AssessmentAnswers, Route } from '../../src/core/assessment/assessment.ts'
import { scoreAssessment } from '../../src/core/assessment/score-assessment.ts'
import type { Course } from '../../src/core/course/course.ts'
import { waitUntilIdle } from '../support/database/database-rows.ts'
import { linksOf } from '../support/mail-links.ts'
import type { Accepted } from '../support/mail-server.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { type Answer, createVisitor, type Form, type Visitor } from '../support/visitor.ts'
import { isFullMatrix, pairs as pairsOf } from '../trial-sizes.ts'

/**
 * Whoever holds the emails of two learners and no session must not be able to say which of them is restricted. For every
 * route of every course one learner is sent down it and another, without any restriction, has chosen short emails (or
 * nothing, where the route restricts nothing; and has stopped, where it pauses). Everything the two get is compared. Each
 * route is tried in one way in `npm test`, and in each in `npm run test:faults`.
 */
const LESSONS = fileURLToPath(new URL('../../lessons', import.meta.url))
const DAY = 86_400_000
/** How the answers are given, or how the emails come. */
const WAYS = ['later', 'at sign-up', 'discreet', 'web only'] as const
type Way = (typeof WAYS)[number]

interface Learner {
  readonly address: string
  readonly visitor: Visitor
  /** Of the first day's page, and of the page to stop. */
  lesson: string
  stop: string
}

interface Pair {
  readonly name: string
  readonly course: Course
  readonly route: Route
  readonly answers: AssessmentAnswers
  readonly restricted: Learner
  readonly other: Learner
  readonly paused: boolean
  readonly short: boolean
  readonly webOnly: boolean
}

let parts: TestApp
const pairs: Pair[] = []

beforeAll(async () => {
  for (const folder of [LESSONS, FIXTURE_COURSES]) {
    const courses = await loadCourses(folder)
    if (courses.all().some(({ name }) => courses.resourcesOf(name).assessment !== null)) expect(folder).toBe(LESSONS)
  }
  parts = await createTestApp({ start: '2026-03-02T09:00:00Z', env: { TRUST_PROXY: '1' }, worker: true })
  for (const course of parts.app.ports.courses.all()) {
    const { assessment } = parts.app.ports.courses.resourcesOf(course.name)
    for (const [route, way] of pairsOf(assessment?.routes ?? [], WAYS)) await addPair(course, route, way)
  }
  await waitUntilIdle(parts.dataDir, parts.clock.now())
}, 300_000)

afterAll(() => parts?.close())

let visitors = 0
/** Each from an address of its own: one that asked for all of this would meet its limit. */
function newVisitor(): Visitor {
  visitors += 1
  return createVisitor(parts.url, `10.${visitors >> 16}.${(visitors >> 8) & 255}.${visitors & 255}`)
}

/** The first answer that leads to the route, with what shapes the form of the course for both learners alike. */
function answersTo(assessment: Assessment, route: Route): { safety: AssessmentAnswers; common: AssessmentAnswers } {
  const safety: Record<string, string | string[]> = {}
  // What has to be answered for the question to be asked at all.
  const condition: Record<string, string> = {}
  for (const { id, many, options, preferNot, after } of assessment.questions) {
    const option = options.find(({ routes }) => routes.includes(route.id))
    if (Object.keys(safety).length > 0) break
    if (option !== undefined) safety[id] = many ? [option.id] : option.id
    else if (preferNot && assessment.preferNot.routes.includes(route.id)) safety[id] = 'prefer-not'
    if (Object.keys(safety).length > 0 && after?.options[0] !== undefined) condition[after.question] = after.options[0]
  }
  const common: Record<string, string> = {}
  for (const { id, options, safety: isSafety, after } of assessment.questions)
    if (!isSafety && after === null && options[0] !== undefined) common[id] = options[0].id
  Object.assign(common, condition)
  Object.assign(safety, condition)
  expect(scoreAssessment(assessment, safety).routes.map(({ id }) => id)).toContain(route.id)
  return { safety, common }
}

const finish = (answers: AssessmentAnswers): Form => ({
  mode: 'all',
  go: 'finish',
  seen: '1',
  ...Object.fromEntries(Object.entries(answers).map(([id, given]) => [`q.${id}`, given])),
})

async function addPair(course: Course, route: Route, wanted: Way) {
  const assessment = parts.app.ports.courses.resourcesOf(course.name).assessment as Assessment
  const { safety, common } = answersTo(assessment, route)
  const result = scoreAssessment(assessment, safety)
  const paused = result.access === 'paused'
  const short = result.access !== 'open' || result.off.length > 0
  // A paused course offers no form to join it.
  const way = wanted === 'at sign-up' && paused ? 'later' : wanted
  const name = `${course.name}, ${route.id}, ${way}`
  if (pairs.some((pair) => pair.name === name)) return
  const choices = {
    course: course.name,
    ...(way === 'discreet' && { discreet: 'on' }),
    ...(way === 'web only' && { webOnly: 'on' }),
  }
  const number = String(pairs.length).padStart(2, '0')
  const [restricted, other] =
    way === 'at sign-up'
      ? [
          await enrol(`learner${number}a@example.test`, {
            ...choices,
            start: await ticket(course, { ...common, ...safety }),
          }),
          await enrol(`learner${number}b@example.test`, {
            ...choices,
            start: await ticket(course, common),
            ...(short && { shortEmails: 'on' }),
          }),
        ]
      : [await enrol(`learner${number}a@example.test`, choices), await enrol(`learner${number}b@example.test`, choices)]
  if (way !== 'at sign-up') {
    expect((await restricted.visitor.post(`${restricted.lesson}/start`, finish({ ...common, ...safety }))).status).toBe(
      200,
    )
    expect((await other.visitor.post(`${other.lesson}/start`, finish(common))).status).toBe(200)
    if (short)
      expect((await other.visitor.postJson(`${other.lesson}/settings`, { shortEmails: true })).status).toBe(200)
    if (paused) expect((await other.visitor.post(other.stop)).status).toBe(200)
  }
  pairs.push({
    name,
    course,
    route,
    answers: { ...common, ...safety },
    restricted,
    other,
    paused,
    short,
    webOnly: way === 'web only',
  })
}

async function ticket(course: Course, answers: AssessmentAnswers): Promise<string> {
  const { text } = await newVisitor().post(`/courses/${course.name}/start`, finish(answers))
  return /name="start" value="([^"]+)"/.exec(text)?.[1] ?? ''
}

async function enrol(address: string, choices: Record<string, string>): Promise<Learner> {
  const visitor = newVisitor()
  await visitor.post('/sign-up', { email: address, timeZone: 'Europe/Berlin', hour: '7', ...choices })
  const [confirmation] = await parts.mail.waitForMail(address)
  const confirmed = await visitor.post(pathsIn(confirmation as Accepted, 'confirm')[0] ?? '')
  expect(confirmed.status).toBe(200)
  if (choices.webOnly !== undefined) {
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    const lesson = /href="(\/l\/[\w-]+)"/.exec(confirmed.text)?.[1] ?? ''
    const stop = /href="(\/stop\/[\w-]+)"/.exec((await visitor.get(lesson)).text)?.[1] ?? ''
    return { address, visitor, lesson, stop }
  }
  const mail = (await parts.mail.waitForMail(address, 2))[1] as Accepted
  return { address, visitor, lesson: pathsIn(mail, 'l')[0] ?? '', stop: pathsIn(mail, 'stop')[0] ?? '' }
}

function pathsIn(mail: Accepted, kind: string): string[] {
  return linksOf(mail)
    .map((link) => new URL(link).pathname)
    .filter((path) => path.startsWith(`/${kind}/`))
}

/** What tells two learners apart and nothing else: their links, addresses and ids. */
function plain(text: string): string {
  return (
    text
      .replace(/learner\d\d[ab]@/g, 'learner@')
      .replace(/\/(l|stop|read|v|confirm|delete|back)\/[\w-]{16,}/g, '/$1/T')
      .replace(/<[\w.-]{20,}@/g, '<id@')
      .replace(/unsubscribe\+[0-9a-f]+@/g, 'unsubscribe+T@')
      .replace(/notes=[\w-]{43}/g, 'notes=S')
      // A hash of the link.
      .replace(/data-lesson="[\w-]{16}"/g, 'data-lesson="L"')
      // Sealed, of one length, and new each time.
      .replace(/data-again="[\w-]{2800}[\w-]*"/g, (all) => `data-again="${all.length}"`)
      // By the clock of the machine, from the cookie's Max-Age.
      .replace(/Expires=[^;]+ GMT/g, 'Expires=E')
  )
}

function mailSeen({ mail, raw, from }: Accepted) {
  return {
    from,
    sender: mail.from,
    subject: mail.subject,
    headers: mail.headers.map(({ key, value }) => `${key}: ${plain(value)}`),
    text: plain(mail.text ?? ''),
    // The preheader is the hidden first text of this part.
    html: plain(mail.html ?? ''),
    // Links differ by the width of a number at most.
    size: Math.round(raw.length / 64),
    bytes: raw.length,
  }
}

function answerSeen(what: string, { status, headers, text }: Answer) {
  return {
    what,
    status,
    headers: [...headers]
      .filter(([name]) => !['date', 'content-length'].includes(name))
      .map(([name, value]) => `${name}: ${plain(value)}`),
    text: plain(text),
  }
}

/** Every address below a lesson link, known or made up. */
const BELOW = [
  '',
  '/print',
  '/sheet',
  '/notes.txt',
  '/share',
  '/letter.txt',
  '/start',
  '/settings',
  '/settings/address',
  '/take',
  '/take/notes.html',
  '/finished',
  '/read',
  '/again',
  '/draft',
  '/other',
]

async function pagesSeen(lesson: string, stop: string, view: string | undefined) {
  const seen = []
  const stranger = () => newVisitor()
  for (const below of BELOW) {
    seen.push(answerSeen(`GET ${below}`, await stranger().get(lesson + below)))
    seen.push(answerSeen(`HEAD ${below}`, await stranger().head(lesson + below)))
  }
  seen.push(answerSeen('GET after a save', await stranger().get(`${lesson}?saved=text`)))
  seen.push(answerSeen('GET with a planted cookie', await withCookie().get(lesson)))
  for (const below of ['', '/delete']) seen.push(answerSeen(`GET stop${below}`, await stranger().get(stop + below)))
  if (view !== undefined) seen.push(answerSeen('GET view', await stranger().get(view)))
  return seen
}

/** What a stranger may try with the link, each in a browser of its own. */
async function postsSeen(lesson: string, letterField: string) {
  const stranger = () => newVisitor()
  const writer = stranger()
  return [
    answerSeen('POST nothing', await stranger().post(lesson)),
    answerSeen('POST writing', await writer.post(lesson, { [`f.${letterField}`]: 'by a stranger', effort: 'full' })),
    answerSeen('GET as its writer', await writer.get(lesson)),
    answerSeen('POST too much', await stranger().post(lesson, { [`f.${letterField}`]: 'x'.repeat(60_000), keep: '1' })),
    answerSeen(
      'POST draft',
      await stranger().postJson(`${lesson}/draft`, { [`f.${letterField}`]: 'typed', 'f.other': 'x' }),
    ),
    answerSeen('POST empty draft', await stranger().postJson(`${lesson}/draft`, {})),
    answerSeen('POST share', await stranger().post(`${lesson}/share`, { do: 'ask', 'q.frightened': 'no' })),
    answerSeen('POST keep', await stranger().post(`${lesson}/share`, { do: 'keep' })),
    answerSeen('POST start', await stranger().post(`${lesson}/start`, { go: 'begin', mode: 'one' })),
    answerSeen('POST again', await stranger().post(`${lesson}/again`, { 'q.frightened': 'no' })),
    answerSeen('POST settings', await stranger().post(`${lesson}/settings`, { timeZone: 'Europe/Berlin', hour: '7' })),
    // Each is taken back at once, so that the days come as before.
    answerSeen('POST pace', await stranger().postJson(`${lesson}/settings`, { pace: 'weekly' })),
    answerSeen('POST daily', await stranger().postJson(`${lesson}/settings`, { pace: 'daily' })),
    answerSeen('POST reminder', await stranger().postJson(`${lesson}/settings`, { reminder: '19' })),
    answerSeen('POST no reminder', await stranger().postJson(`${lesson}/settings`, { reminder: '' })),
    answerSeen('POST pause', await stranger().post(`${lesson}/settings/pause`, { until: inTenDays() })),
    answerSeen('GET while paused', await stranger().get(`${lesson}/settings`)),
    answerSeen('POST go on', await stranger().post(`${lesson}/settings/pause/end`)),
    answerSeen('POST code', await stranger().post(`${lesson}/settings/code`)),
    answerSeen('POST way back', await stranger().post(`${lesson}/settings/way-back`, { allowed: 'on' })),
    answerSeen('POST address', await stranger().post(`${lesson}/settings/address`, { email: 'x@example.test' })),
    answerSeen('POST off', await stranger().postJson(`${lesson}/settings`, { shortEmails: false })),
    answerSeen('POST track', await stranger().postJson(`${lesson}/settings`, { track: '', overlays: [] })),
    answerSeen('POST word', await stranger().post(`${lesson}/settings/word`, { do: 'set', word: 'a long word' })),
    answerSeen('POST leave', await stranger().post(`${lesson}/take/leave`, { seen: '9999999999999' })),
    answerSeen('POST line', await stranger().post(`${lesson}/finished`, { line: 'by a stranger' })),
    answerSeen('POST erase', await stranger().post(`${lesson}/other`)),
  ]
}

function inTenDays(): string {
  return new Date(parts.clock.now() + 10 * DAY).toISOString().slice(0, 10)
}

function withCookie(): Visitor {
  const visitor = newVisitor()
  ;(visitor.cookies as Map<string, string>).set('notes', 'B'.repeat(43))
  return visitor
}

const mailsTo = ({ address }: Learner) => parts.mail.accepted.filter(({ to }) => to === address)

/** What came since the course began, but for what was still sent before anything was answered. */
const courseMails = (learner: Learner, { name }: Pair) => mailsTo(learner).slice(name.endsWith('at sign-up') ? 1 : 2)

function expectSame(what: string, one: readonly object[], other: readonly object[]): void {
  for (const [index, seen] of one.entries()) expect({ what, index, seen }).toEqual({ what, index, seen: other[index] })
  expect({ what, count: one.length }).toEqual({ what, count: other.length })
}

async function comparePages(pair: Pair, when: string, paths: (learner: Learner) => { lesson: string; view?: string }) {
  const { restricted, other } = pair
  const seen = []
  for (const learner of [restricted, other]) {
    const { lesson, view } = paths(learner)
    seen.push(await pagesSeen(lesson, learner.stop, view))
  }
  expectSame(`${pair.name}: pages ${when}`, seen[0] ?? [], seen[1] ?? [])
}

/** A field of the day that learners of both kinds could have. */
function fieldOf(course: Course, day: number): string {
  const fields = course.lessons[day - 1]?.exercise.fields ?? []
  return (
    fields.find(({ type, audiences }) => (type === 'long' || type === 'text') && audiences.length === 0)?.id ?? 'none'
  )
}

test('there are restricted, paused and unrestricted learners to look at', () => {
  expect(pairs.filter(({ paused }) => paused).length).toBeGreaterThan(2)
  expect(pairs.filter(({ paused, short }) => short && !paused).length).toBeGreaterThan(isFullMatrix ? 8 : 4)
  expect(pairs.filter(({ short }) => !short).length).toBeGreaterThan(isFullMatrix ? 1 : 0)
  for (const way of WAYS) expect(pairs.filter(({ name, short }) => short && name.endsWith(way))).not.toEqual([])
})

test('the first day’s page, right after the answers, shows no difference', async () => {
  for (const pair of pairs)
    await comparePages(pair, 'on day 1', (learner) => ({
      lesson: learner.lesson,
      ...(!pair.webOnly && { view: pathsIn(mailsTo(learner)[1] as Accepted, 'v')[0] ?? '' }),
    }))
}, 300_000)

test('nor does anything a stranger sends with the link', async () => {
  for (const pair of pairs) {
    const field = fieldOf(pair.course, 1)
    const one = await postsSeen(pair.restricted.lesson, field)
    const other = await postsSeen(pair.other.lesson, field)
    expectSame(`${pair.name}: posts`, one, other)
    await comparePages(pair, 'after those', ({ lesson }) => ({ lesson }))
  }
}, 300_000)

test('nor what a stranger can ask for in the first days of a course that an answer stopped, or its learner', async () => {
  for (const pair of pairs.filter(({ paused }) => paused)) {
    const seen = []
    for (const learner of [pair.restricted, pair.other]) {
      const before = mailsTo(learner).length
      const stranger = newVisitor()
      seen.push([
        answerSeen('read', await stranger.post(`${learner.lesson}/read`)),
        answerSeen('sign-up', await stranger.post('/sign-up', { email: learner.address, timeZone: 'UTC', hour: '7' })),
      ])
      await waitUntilIdle(parts.dataDir, parts.clock.now())
      expect(mailsTo(learner)).toHaveLength(before)
    }
    expectSame(`${pair.name}: asked for after a stop`, seen[0] ?? [], seen[1] ?? [])
  }
}, 300_000)

test('nor any mail of a whole course and its check-ins, nor the pages behind them', async () => {
  const [longest] = parts.app.ports.courses.all().map(({ lessons }) => lessons.length)
  const weeks = Math.max(...pairs.map(({ course }) => parts.app.ports.courses.resourcesOf(course.name).checkIns.length))
  let kinds = 0
  for (let step = 2; step <= (longest ?? 0) + 1 + weeks; step += 1) {
    parts.clock.advance(step <= (longest ?? 0) + 1 ? DAY : 7 * DAY)
    await waitUntilIdle(parts.dataDir, parts.clock.now())
    for (const pair of pairs) {
      const [one, other] = [pair.restricted, pair.other].map((learner) => courseMails(learner, pair).map(mailSeen))
      expectSame(
        `${pair.name}: mails at step ${step}`,
        (one ?? []).map(({ bytes: _, ...mail }) => mail),
        (other ?? []).map(({ bytes: _, ...mail }) => mail),
      )
      for (const [index, mail] of (one ?? []).entries())
        expect(Math.abs(mail.bytes - (other?.[index]?.bytes ?? 0))).toBeLessThan(16)
      expect({ name: pair.name, count: one?.length }).toEqual({
        name: pair.name,
        count: pair.paused || pair.webOnly ? 0 : step - (pair.name.endsWith('at sign-up') ? 0 : 1),
      })
    }
    // The letter's day, the last, the closing mail and the first check-ins: one of each kind of page.
    const letter = pairs[0]?.course.lessons.find(({ exercise }) => exercise.letter)?.day
    if (![letter, longest, (longest ?? 0) + 1, (longest ?? 0) + 3].includes(step)) continue
    const looked = pairs.filter(({ paused, webOnly }) => !paused && !webOnly)
    // In the gate each kind of page is that of every other pair, and each pair has two kinds.
    kinds += 1
    for (const [index, pair] of looked.entries()) {
      if (!isFullMatrix && (index + kinds) % 2 === 0) continue
      const newest = (learner: Learner) => mailsTo(learner).at(-1) as Accepted
      await comparePages(pair, `at step ${step}`, (learner) => ({
        lesson: pathsIn(newest(learner), 'l')[0] ?? '',
        view: pathsIn(newest(learner), 'v')[0] ?? '',
      }))
      const field = fieldOf(pair.course, Math.min(step, longest ?? 0))
      const [one, other] = [pair.restricted, pair.other].map((learner) => pathsIn(newest(learner), 'l')[0] ?? '')
      expectSame(
        `${pair.name}: posts at step ${step}`,
        await postsSeen(one ?? '', field),
        await postsSeen(other ?? '', field),
      )
    }
  }
}, 600_000)

test('every short mail of a learner is the same, whatever the day', () => {
  for (const pair of pairs.filter(({ short, paused, webOnly }) => short && !paused && !webOnly)) {
    for (const learner of [pair.restricted, pair.other]) {
      const mails = courseMails(learner, pair).map(mailSeen)
      const same = ({ sender, subject, html, text, size }: ReturnType<typeof mailSeen>) =>
        JSON.stringify({ sender, subject, html, text, size: Math.round(size / 4) })
      expect({ name: pair.name, forms: new Set(mails.map(same)).size }).toEqual({ name: pair.name, forms: 1 })
      for (const lesson of pair.course.lessons)
        expect(mails[0]?.text.includes(lesson.title) || mails[0]?.html.includes(lesson.title)).toBe(false)
    }
  }
})

test('nor the mails that a stranger can ask for', async () => {
  for (const pair of pairs) {
    const seen = []
    for (const learner of [pair.restricted, pair.other]) {
      const before = mailsTo(learner).length
      const stranger = newVisitor()
      const asked = [
        answerSeen('read', await stranger.post(`${learner.lesson}/read`)),
        answerSeen('erase', await stranger.post(`${learner.stop}/delete`)),
        answerSeen('next', await stranger.post(`${learner.lesson}/next`)),
        answerSeen('way back', await stranger.post('/back', { email: learner.address })),
        answerSeen('sign-up', await stranger.post('/sign-up', { email: learner.address, timeZone: 'UTC', hour: '7' })),
      ]
      await waitUntilIdle(parts.dataDir, parts.clock.now())
      const mails = mailsTo(learner)
        .slice(before)
        .map(mailSeen)
        .map(({ bytes: _, size: __, ...mail }) => mail)
        // In discreet mode both have one subject, and they may arrive in any order.
        .toSorted((one, other) => `${one.subject} ${one.text}`.localeCompare(`${other.subject} ${other.text}`))
      expect(mails.length).toBeGreaterThan(pair.webOnly ? 0 : 1)
      seen.push([...asked, ...mails])
    }
    expectSame(`${pair.name}: asked for`, seen[0] ?? [], seen[1] ?? [])
  }
}, 300_000)

test('nor what the same answers of a stranger do, before and after starting again', async () => {
  for (const pair of pairs.filter(({ webOnly }) => !webOnly)) {
    const harmless = Object.fromEntries(Object.entries(pair.answers).filter(([id]) => id === 'closest'))
    for (const [what, answers] of [
      ['harmless', harmless],
      ['restricting', pair.answers],
    ] as const) {
      const seen = []
      for (const learner of [pair.restricted, pair.other]) {
        const stranger = newVisitor()
        seen.push([
          answerSeen('restart', await stranger.post(`${learner.stop}/restart`)),
          answerSeen('start', await stranger.post(`${learner.lesson}/start`, finish(answers))),
          answerSeen('page', await stranger.get(learner.lesson)),
          answerSeen('stop', await stranger.get(learner.stop)),
          answerSeen('settings', await stranger.get(`${learner.lesson}/settings`)),
        ])
      }
      expectSame(`${pair.name}: ${what} answers`, seen[0] ?? [], seen[1] ?? [])
    }
  }
}, 300_000)

test('nor how long a page takes', async () => {
  const median = (times: readonly number[]) =>
    times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0
  for (const pair of pairs.filter(({ short, name }) => short && name.endsWith('later'))) {
    for (const below of ['', '/settings', '/share']) {
      // A machine has other things to do: only what differs every time, and in the same direction, is a difference.
      const signs: number[] = []
      for (let round = 0; round < 4; round += 1) {
        const times: [number[], number[]] = [[], []]
        for (let turn = 0; turn < 24; turn += 1) {
          for (const [index, learner] of [pair.restricted, pair.other].entries()) {
            const begin = performance.now()
            await fetch(`${parts.url}${learner.lesson}${below}`)
            times[index]?.push(performance.now() - begin)
          }
        }
        const [one, other] = [median(times[0]), median(times[1])]
        const differs = Math.abs(one - other) > 0.25 * Math.min(one, other) + 0.3
        signs.push(differs ? Math.sign(one - other) : 0)
        if (!differs) break
      }
      expect({ name: pair.name, below, always: Math.abs(signs.reduce((sum, sign) => sum + sign, 0)) === 4 }).toEqual({
        name: pair.name,
        below,
        always: false,
      })
    }
  }
}, 300_000)
