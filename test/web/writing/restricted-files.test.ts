import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Course } from '../../../src/core/course/course.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { waitUntilIdle } from '../../support/database/database-rows.ts'
import { openOwnSessionByLink } from '../../support/open-own-session.ts'
import { join, type SignedUpLearner } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'
import { shown } from '../english-phrases.ts'

/** A file lies about longer than any session lives: whoever finds it learns nothing of what the assessment led to. */

const DAY = 86_400_000
const ANSWERS = { mode: 'all', go: 'finish', seen: '1', 'q.dark-thoughts': 'passing', 'q.closest': 'hurt' }
let app: TestApp
let course: Course
/** One was restricted by an answer to its first day, the other chose short emails. Both have a track. */
let restricted: SignedUpLearner
let other: SignedUpLearner

beforeAll(async () => {
  app = await createTestApp({ start: '2026-03-02T09:00:00Z', worker: true })
  course = app.app.ports.courses.get('steady-week') as Course
  restricted = await join(app, 'restricted@example.test', { track: 'mend' })
  other = await join(app, 'another-one@example.test', { track: 'bridge' })
  await restricted.visitor.post(`${restricted.lessonLink}/start`, ANSWERS)
  await other.visitor.post(`${other.lessonLink}/settings`, {
    ...{ all: '1', timeZone: 'Europe/Berlin', hour: '7', checkIns: 'on', shortEmails: 'on' },
  })
  for (const { visitor, lessonLink } of [restricted, other])
    await visitor.post(lessonLink, { 'f.safe-person': 'my sister', 'f.mood-before': '4', effort: 'not-today' })
  app.clock.advance(DAY)
  await waitUntilIdle(app.dataDir, app.clock.now())
  for (const learner of [restricted, other]) {
    await app.mail.waitForMail(learner.address, 3)
    // From a page that was still open, in a browser that has lost its session: kept, and shown to nobody who is restricted.
    const field = course.lessons[1]?.exercise.fields.find(
      ({ type, audiences }) => (type === 'long' || type === 'text') && audiences.length === 0,
    )
    await createVisitor(app.url).post(secondDayOf(learner), { [`f.${field?.id}`]: 'from an old page', keep: '1' })
  }
})
afterAll(() => app?.close())

function secondDayOf({ lessonLink }: SignedUpLearner): string {
  const { keys } = app.app.ports
  const link = LINKS.lesson.read(keys, new URL(lessonLink).pathname.split('/').at(-1) ?? '')
  return `/l/${LINKS.lesson.make(keys, { enrolmentId: link?.enrolmentId ?? 0, day: 2 })}`
}

async function filesOf(learner: SignedUpLearner) {
  const visitor = await openOwnSessionByLink(app, learner)
  const html = (await visitor.get(`${learner.lessonLink}/take/notes.html`)).text
  const json = (await visitor.get(`${learner.lessonLink}/take/notes.json`)).text
  return { visitor, html, json }
}

test('the files of a restricted learner differ from those of another only by what was written on the pages they have', async () => {
  const mine = await filesOf(restricted)
  const theirs = await filesOf(other)
  expect(mine.html).toContain('my sister')
  expect(theirs.html).toContain('from an old page')
  // The restricted day is another page here, which has nothing to write.
  const heading = `<h1>${course.lessons[1]?.title}</h1>`
  expect((await theirs.visitor.get(secondDayOf(other))).text).toContain(heading)
  expect((await mine.visitor.get(secondDayOf(restricted))).text).not.toContain(heading)
  expect(mine.html).not.toContain('from an old page')
  const plain = (json: string) => {
    const saved = JSON.parse(json.replaceAll(/(restricted|another-one)@/g, 'x@')) as {
      courses: { days: { day: number; answers: unknown }[] }[]
    }
    for (const day of saved.courses[0]?.days ?? []) if (day.day > 1) day.answers = 'not compared'
    return saved
  }
  expect(plain(mine.json)).toEqual(plain(theirs.json))
})

test('neither names the track, a restriction, the plan or anything else that was answered', async () => {
  for (const learner of [restricted, other]) {
    const { html, json } = await filesOf(learner)
    const names = [...json.matchAll(/"(\w+)":/g)].map(([, name]) => name)
    expect(names).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/track|overlay|variant|hold|restrict|route|plan$|start/i)]),
    )
    for (const { name, title } of course.tracks.filter((track) => ['mend', 'bridge'].includes(track.name))) {
      expect(json).not.toContain(`"${name}"`)
      for (const file of [shown(html), json]) expect(file).not.toContain(title)
    }
    for (const hidden of ['dark-thoughts', 'passing', '"hurt"', 'Some support for you'])
      expect({ hidden, is: html.includes(hidden) || json.includes(hidden) }).toEqual({ hidden, is: false })
  }
})
