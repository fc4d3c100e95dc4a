import { readdirSync, readFileSync } from 'node:fs'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { checkAuditLog } from '../../../../src/flow/desk/read-audit-log.ts'
import { eraseLearner } from '../../../../src/flow/enrolment/erase.ts'
import type { Log } from '../../../../src/flow/ports/ports.ts'
import { askQuestion } from '../../../../src/flow/question/ask-question.ts'
import { queryRows, waitUntilIdle } from '../../../support/database/database-rows.ts'
import { courseWithQuestions } from '../../../support/question/course-with-questions.ts'
import { redisContents } from '../../../support/redis-contents.ts'
import { join } from '../../../support/sign-up-and-confirm.ts'
import { createTestApp, type TestApp } from '../../../support/test-app.ts'
import type { Answer } from '../../../support/visitor.ts'
import { type Answering, answering } from './answering.ts'

const LEARNER = 'ada@example.test'
const MINUTE = 60_000
const [QUESTION, DRAFT, ANSWER, NOTE] = [
  'Kanarie-Frage',
  'Kanarie-Entwurf',
  'Kanarie-Antwort',
  'Kanarie-Notiz',
] as const

let folder: Awaited<ReturnType<typeof courseWithQuestions>>
let app: TestApp
let mira: Answering
let jon: Answering
/** Whatever was logged, and whatever left the desk but its pages. */
const said: string[] = []

beforeAll(async () => {
  folder = await courseWithQuestions()
  app = await createTestApp({
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: folder.lessonsDir },
    ownRedis: true,
    worker: true,
  })
  const note = (facts: object, sentence: string) => void said.push(JSON.stringify(facts), sentence)
  const log: Log = { debug: note, info: note, warn: note, error: note }
  Object.assign(app.app.ports, { log })
  mira = await answering(app, 'mira@example.test')
  jon = await answering(app, 'jon@example.test')
})
afterAll(async () => {
  await app?.close()
  await folder?.remove()
})

const to = (address: string) => app.mail.accepted.filter((message) => message.to === address)

function noted(answer: Answer): Answer {
  said.push(JSON.stringify([...answer.headers]))
  return answer
}

test('a question is told of, opened, drafted, looked at by two and answered once, and its words are nowhere but on pages', async () => {
  await join(app, LEARNER, { name: 'Ada' })
  const { ports } = app.app
  const learnerId = Number(queryRows(app.dataDir, 'select id from learner')[0]?.id)
  const [enrolment] = await ports.store.enrolments.ofLearner(learnerId)
  const course = ports.courses.get('three-days')
  if (enrolment === undefined || course === null) throw new Error('no enrolment')
  const asked = { enrolment, course, day: 1, text: QUESTION, allowsName: true, via: 'form', isConfirmed: true } as const
  const { questionId } = await askQuestion(ports, asked)

  // The worker tells both by itself.
  app.clock.advance(MINUTE)
  for (const address of ['mira@example.test', 'jon@example.test']) await app.mail.waitForMail(address, 1)

  const path = `/desk/questions/${questionId}`
  const opened = noted(await mira.visitor.get(path))
  expect(opened.text).toContain(QUESTION)
  expect(opened.text).toContain('Ada wrote')
  expect(opened.text).not.toContain(LEARNER)
  noted(await mira.visitor.post(`${path}/draft`, { as: 'save', text: DRAFT }))
  noted(await mira.visitor.post(`${path}/ask-look`, { of: String(jon.id) }))
  const look = /name="look" value="(\d+)"/.exec(noted(await jon.visitor.get(path)).text)?.[1] ?? ''
  noted(await jon.visitor.post(`${path}/give-look`, { look, note: NOTE }))
  noted(await mira.visitor.post(`${path}/draft`, { as: 'look', text: ANSWER }))
  const last = noted(await mira.visitor.get(`${path}/look`)).text
  expect(last).toContain(ANSWER)
  // A draft of a colleague that is never sent.
  noted(await jon.visitor.post(`${path}/draft`, { as: 'save', text: DRAFT }))
  const before = to(LEARNER).length
  const seen = /name="seen" value="(\d+)"/.exec(last)?.[1] ?? ''
  const sent = noted(await mira.visitor.post(`${path}/answer`, { text: ANSWER, seen }))
  expect(sent.headers.get('Location')).toBe(`${path}?done=sent`)
  await app.mail.waitForMail(LEARNER, before + 1)
  await waitUntilIdle(app.dataDir, app.clock.now())
  expect(to(LEARNER)).toHaveLength(before + 1)
  noted(await mira.visitor.get('/desk/questions?state=answered'))
  noted(await mira.visitor.post(`${path}/state`, { as: 'close' }))

  const mails = app.mail.accepted.map(({ raw, mail }) => `${raw.toString()}${mail.subject}${mail.text}${mail.html}`)
  const files = readdirSync(app.dataDir).filter((name) => name.startsWith('bootcamp.db'))
  const bytes = files.map((name) => readFileSync(joinPath(app.dataDir, name)).toString('latin1'))
  const redis = await redisContents(app.redis.url)
  for (const canary of [QUESTION, DRAFT, ANSWER, NOTE]) {
    const places = { said, mails, bytes, redis: [redis] }
    for (const [place, texts] of Object.entries(places))
      expect({ place, canary, found: texts.some((text) => text.includes(canary)) }).toEqual({
        place,
        canary,
        found: false,
      })
  }
  expect(files.length).toBeGreaterThan(0)
  expect(await checkAuditLog(ports)).toMatchObject({ ok: true })
  const acts = (await ports.store.auditLog.page({ learnerId }, null, 50)).map(({ act }) => act)
  for (const act of [
    'open-question',
    'draft-answer',
    'ask-second-look',
    'give-second-look',
    'send-answer',
    'close-question',
  ])
    expect(acts).toContain(act)

  // Everything about a question ends with its learner.
  await eraseLearner(ports, learnerId, async () => null)
  for (const table of ['question', 'question_message', 'question_draft', 'question_note', 'question_notice'])
    expect([table, queryRows(app.dataDir, `select * from ${table}`)]).toEqual([table, []])
  expect((await mira.visitor.get(path)).status).toBe(404)
})
