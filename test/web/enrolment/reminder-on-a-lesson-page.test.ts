import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { queryRows } from '../../support/database/database-rows.ts'
import { join } from '../../support/sign-up-and-confirm.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { createVisitor } from '../../support/visitor.ts'

/** A Monday, 10:00 in Berlin. */
const START = '2026-03-02T09:00:00Z'
let parts: TestApp
let learners = 0

beforeAll(async () => {
  parts = await createTestApp({
    start: START,
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
    worker: true,
  })
})
afterAll(() => parts?.close())

function newLearner(choices: Readonly<Record<string, string>> = {}) {
  parts.clock.set(START)
  learners += 1
  return join(parts, `reminded-${learners}@example.test`, choices)
}

const remindersTo = (address: string) =>
  queryRows(
    parts.dataDir,
    `select d.due_at from delivery d join learner l on l.id = d.learner_id
     where l.address = ? and d.kind = 'reminder' and d.state = 'planned'`,
    address,
  ).map((row) => new Date(Number(row.due_at)).toISOString().slice(0, 16))

test('a lesson page asks nobody to be reminded, and whoever has its link may ask for it', async () => {
  const { address, lessonLink } = await newLearner()
  const visitor = createVisitor(parts.url)
  const before = (await visitor.get(lessonLink)).text
  expect(before).toContain(`<form class="card soft form" id="reminder" method="post"`)
  expect(remindersTo(address)).toEqual([])
  const asked = await visitor.post(`${lessonLink}/reminder`, { reminder: '21' })
  expect([asked.status, asked.headers.get('Location')]).toEqual([303, `${new URL(lessonLink).pathname}#reminder`])
  expect(remindersTo(address)).toEqual(['2026-03-02T20:00'])
  const after = (await visitor.get(lessonLink)).text
  expect(after).toContain('A reminder comes at 9:00 PM')
  expect(after).not.toContain('<form class="card soft form" id="reminder"')
  expect((await visitor.get(`${lessonLink}/settings`)).text).toContain('<option value="21" selected>')
})

test('an hour that there is not is refused with a sentence, and nothing is changed', async () => {
  const { address, lessonLink, visitor } = await newLearner()
  for (const reminder of ['3', 'soon', '20.5']) {
    const { status, text } = await visitor.post(`${lessonLink}/reminder`, { reminder })
    expect(status).toBe(400)
    expect(text).toContain('Please choose one of these.')
  }
  expect(remindersTo(address)).toEqual([])
})

test('it is not offered to somebody who gets no email, or has paused', async () => {
  const web = await newLearner()
  await web.visitor.post(`${web.lessonLink}/settings`, {
    all: '1',
    timeZone: 'Europe/Berlin',
    hour: '7',
    webOnly: 'on',
  })
  const paused = await newLearner()
  await paused.visitor.post(`${paused.lessonLink}/settings/pause`, { until: '2026-03-12' })
  for (const { visitor, lessonLink } of [web, paused])
    expect((await visitor.get(lessonLink)).text).not.toContain('id="reminder"')
})

test('with short emails, the link alone may ask for it as in the settings, and shows nothing of it', async () => {
  const { address, lessonLink, visitor } = await newLearner({ shortEmails: 'on' })
  const holder = createVisitor(parts.url)
  const before = (await holder.get(lessonLink)).text
  expect((await holder.post(`${lessonLink}/reminder`, { reminder: '20' })).status).toBe(303)
  expect(remindersTo(address)).toEqual(['2026-03-02T19:00'])
  expect((await holder.get(lessonLink)).text).toBe(before)
  expect((await visitor.get(lessonLink)).text).toContain('A reminder comes at 8:00 PM')
})
