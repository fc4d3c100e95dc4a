import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Course } from '../../../src/core/course/course.ts'
import { MAX_OWN_LINE } from '../../../src/core/exercise/own-line.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { queryRows, waitUntilIdle } from '../../support/database/database-rows.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor, type Visitor } from '../../support/visitor.ts'
import { shown } from '../english-phrases.ts'

const DAY = 86_400_000
const WRITTEN = 'I can wait for ten breaths.'
let app: TestApp
let course: Course
/** Both began on the same day; the second one in discreet mode, with a page of each day that was not used. */
let joined: SignedUpLearner
let quiet: SignedUpLearner
let own: Visitor

beforeAll(async () => {
  app = await createTestApp({ start: '2026-03-02T09:00:00Z', worker: true })
  course = app.app.ports.courses.get('steady-week') as Course
  joined = await join(app, 'mara@example.test')
  quiet = await join(app, 'quiet@example.test', { discreet: 'on' })
  own = joined.visitor
})
afterAll(() => app?.close())

const enrolmentOf = ({ address }: SignedUpLearner) =>
  Number(
    queryRows(
      app.dataDir,
      'select e.id from enrolment e join learner l on l.id = e.learner_id where l.address = ?',
      address,
    )[0]?.id,
  )
const dayOf = (learner: SignedUpLearner, day: number) =>
  `/l/${LINKS.lesson.make(app.app.ports.keys, { enrolmentId: enrolmentOf(learner), day })}`
const finished = (learner = joined) => `${dayOf(learner, 1)}/finished`
const linesStored = () => queryRows(app.dataDir, 'select field, sealed from answer where day = 0')
const nextDay = async () => {
  app.clock.advance(DAY)
  await waitUntilIdle(app.dataDir, app.clock.now())
}

test('it opens once the last day is done, whose page leads there', async () => {
  const textField = course.lessons[0]?.exercise.fields.find(
    ({ type, audiences }) => (type === 'text' || type === 'long') && audiences.length === 0,
  )
  await own.post(dayOf(joined, 1), { [`f.${textField?.id}`]: WRITTEN, effort: 'not-today' })
  for (let day = 2; day <= course.lessons.length; day += 1) {
    for (const visitor of [own, createVisitor(app.url)]) expect((await visitor.get(finished())).status).toBe(403)
    expect((await own.post(finished(), { line: 'too early' })).status).toBe(403)
    await nextDay()
    // One day is left out.
    if (day !== 3) await own.post(dayOf(joined, day), { effort: 'not-today' })
  }
  expect(linesStored()).toEqual([])
  const last = dayOf(joined, course.lessons.length)
  expect((await own.get(last)).text).toContain(`href="${last}/finished"`)
  expect((await own.get(dayOf(joined, 1))).text).not.toContain('/finished"')
  expect((await own.get(finished())).status).toBe(200)
})

test('it says what was done, when, and what comes next', async () => {
  const text = shown((await own.get(finished())).text)
  expect(text).toContain(`${course.lessons.length - 1} days done, from March 2, 2026 to March 8, 2026.`)
  const items = [...text.matchAll(/<li class="is-(\w+)">[\s\S]*?<span class="quiet">([^<]*)</g)].map((one) =>
    one.slice(1),
  )
  expect(items).toHaveLength(course.lessons.length)
  expect(items[0]).toEqual(['done', 'Done on March 2, 2026: Not today'])
  expect(items[2]).toEqual(['open', 'Still open'])
  const { checkIns } = app.app.ports.courses.resourcesOf('steady-week')
  expect(text).toContain(`${checkIns.length} short check-ins still come`)
  expect(text).toContain('href="/courses/steady-week/library"')
  expect(text).not.toContain('do it again')
})

test('in an own session a line that was written, or a new one, is kept encrypted, in place of the one before', async () => {
  const page = (await own.get(finished())).text
  expect(page).toContain(`<input type="radio" name="line" value="${WRITTEN}" required>`)
  const kept = await own.post(finished(), { line: WRITTEN })
  expect(kept.headers.get('location')).toBe(`${finished()}?saved=1#your-line`)
  expect((await own.get(finished())).text).toContain(`<blockquote class="own-line"><p>${WRITTEN}</p></blockquote>`)
  const [row] = linesStored()
  expect(String(row?.field)).not.toContain('line')
  expect(Buffer.from(row?.sealed as Uint8Array).toString('latin1')).not.toContain('ten breaths')

  // Another device of the same learner replaces it, and nothing of the first stays.
  const other = await openOwnSessionByLink(app, joined)
  await other.post(finished(), { line: '  My <own>\r\n words ' })
  expect(linesStored()).toHaveLength(1)
  for (const visitor of [own, other])
    expect((await visitor.get(finished())).text).toContain('<p>My &#60;own&#62; words</p></blockquote>')
  const file = (await other.get(`${dayOf(joined, 1)}/take/notes.html`)).text
  expect(file).toContain('<h3>My line</h3>\n<blockquote><p>My &#60;own&#62; words</p></blockquote>')
  expect((await other.get(`${dayOf(joined, 1)}/take/notes.json`)).text).toContain('"text": "My <own> words"')
})

test('a line that is too long is refused at its field, and stays there', async () => {
  const typed = 'x'.repeat(MAX_OWN_LINE + 1)
  const refused = await own.post(finished(), { line: typed })
  expect(refused.status).toBe(400)
  expect(refused.text).toContain('<a href="#line">Please write at most 300 characters.</a>')
  expect(refused.text).toContain(`value="${typed}" aria-invalid="true" aria-describedby="fault-line"`)
  expect((await own.post(finished(), {})).status).toBe(400)
  expect(linesStored()).toHaveLength(1)
})

test('whoever holds the link sees neither the line nor whether there is one, and keeps none', async () => {
  const stranger = createVisitor(app.url)
  const withLine = (await stranger.get(finished())).text
  expect(withLine).not.toContain('words</p>')
  expect(withLine).not.toContain(WRITTEN)
  expect(withLine).toContain('name="goal" value="finished"')
  const writer = createVisitor(app.url)
  await writer.post(dayOf(joined, 2), { 'f.other': 'x', effort: 'not-today' })
  for (const visitor of [stranger, writer]) {
    const refused = await visitor.post(finished(), { line: 'by a stranger' })
    expect(refused.status).toBe(403)
    expect(refused.text).toContain('name="goal" value="finished"')
  }
  await own.post(finished(), { line: '' })
  expect(linesStored()).toEqual([])
  expect((await stranger.get(finished())).text).toBe(withLine)
})

test('the closing email’s page leads there too, and then the course can be done again', async () => {
  await nextDay()
  const closing = dayOf(joined, course.lessons.length + 1)
  expect((await createVisitor(app.url).get(closing)).text).toContain(`href="${closing}/finished"`)
  const text = shown((await own.get(`${closing}/finished`)).text)
  expect(text).toContain('You can <a href="/courses/steady-week">do it again</a>')
  await createVisitor(app.url).post(joined.stopLink)
  expect(shown((await own.get(finished())).text)).not.toContain('check-ins still come')
})

test('with nothing done it says when the course began; a discreet page names no course and leads to no page that does', async () => {
  const text = shown((await quiet.visitor.get(finished(quiet))).text)
  expect(text).toContain('Begun on March 2, 2026.')
  expect(text).not.toContain('/courses/')
  expect(text).toMatch(/The <a href="\/n\/[\w-]+">library<\/a>/)
  expect(text).toContain(`<title>${course.discreet.title}</title>`)
})

test('with short emails and no own session it is the neutral page, whatever is posted', async () => {
  await quiet.visitor.post(`${dayOf(quiet, 1)}/settings`, {
    ...{ all: '1', timeZone: 'Europe/Berlin', hour: '7', checkIns: 'on', discreet: 'on' },
    shortEmails: 'on',
  })
  const stranger = createVisitor(app.url)
  const neutral = (await stranger.get(dayOf(quiet, 1))).text.replaceAll(/\/l\/[\w-]+/g, '')
  for (const answer of [
    await stranger.get(finished(quiet)),
    await stranger.post(finished(quiet), { line: 'x' }),
    await stranger.get(`${dayOf(quiet, 1)}/take`),
    await stranger.get(`${dayOf(quiet, 1)}/take/notes.json`),
  ])
    expect({ ...answer, headers: null, text: answer.text.replaceAll(/\/l\/[\w-]+/g, '') }).toEqual({
      status: 200,
      headers: null,
      text: neutral,
    })
})
