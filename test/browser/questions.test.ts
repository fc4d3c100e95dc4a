import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { LINKS } from '../../src/core/security/links.ts'
import { deliver } from '../../src/flow/delivery/deliver.ts'
import { answerQuestion } from '../../src/flow/question/answer-question.ts'
import { openOwnSession } from '../../src/flow/security/sessions.ts'
import { courseWithQuestions } from '../support/question/course-with-questions.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import { enrolForTest } from '../support/test-store.ts'
import { createNarrowWalk, type NarrowWalk } from './narrow-walk.ts'

/** A browser that shares its machine with others takes its time over every page. */
jest.setTimeout(120_000)

const QUESTION = `How do I ask for an hour of my own? ${'Donaudampfschifffahrtsgesellschaft'.repeat(5)}`
let app: TestApp
let walk: NarrowWalk
let courses: Awaited<ReturnType<typeof courseWithQuestions>>

beforeAll(async () => {
  courses = await courseWithQuestions()
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: courses.lessonsDir } })
  walk = await createNarrowWalk()
})
afterAll(async () => {
  await walk?.close()
  await app?.close()
  await courses?.remove()
})

/** Somebody whose first lesson has come: its address, and the cookie of an own session. */
async function learner(discreet: boolean) {
  const { ports } = app.app
  const { store } = ports
  const address = `asks-${discreet}@example.test`
  const { enrolment, deliveries } = await enrolForTest(store, { now: ports.clock.now(), days: 3, address })
  await deliver(ports, deliveries[0]?.id ?? 0)
  await store.enrolments.setPreferences(enrolment.id, { discreet, name: 'Mara' })
  const { learnerId, id: enrolmentId } = enrolment
  const value = await store.transaction((unit) => openOwnSession(ports, unit, learnerId, null))
  const lesson = `${app.url}/l/${LINKS.lesson.make(ports.keys, { enrolmentId, day: 1 })}`
  return { learnerId, lesson, cookie: { name: 'notes', value, url: app.url } }
}

test.each([
  ['plainly', false],
  ['in discreet mode', true],
])('a question is asked, read, answered and deleted without scripts, %s', async (_, discreet) => {
  const mara = await learner(discreet)
  const { ports } = app.app
  walk.everyPage()
  const { page, faults } = await walk.open({ javaScriptEnabled: false, colorScheme: discreet ? 'dark' : 'light' })
  const titles = new Set<string>()
  const look = async () => {
    titles.add(await page.title())
    return walk.look(page)
  }

  await page.goto(mara.lesson)
  await page.getByText('Write a question').click()
  await look()
  await page.getByLabel('Your question').fill(QUESTION)
  await page.getByLabel('may see my first name').check()
  await page.getByRole('button', { name: 'Send the question' }).click()
  expect(await look()).toBe('Your message has been sent')
  expect(page.url()).toMatch(/\/asked\?page=[\w-]+$/)

  await page.getByRole('link', { name: 'Your questions' }).click()
  expect(await look()).toBe('Your questions')
  expect(await page.getByText('How do I ask').count()).toBe(0)

  await page.context().addCookies([mara.cookie])
  await page.reload()
  await look()
  await page.getByRole('link', { name: 'How do I ask' }).click()
  expect(await look()).toBe('Your question')
  const [question] = await ports.store.questions.ofLearner(mara.learnerId)
  const input = { questionId: question?.id ?? 0, operatorId: 7, text: '## Begin small\n\nAsk for **ten minutes**.' }
  await ports.store.transaction((unit) => answerQuestion(ports, unit, input))
  await page.reload()
  await look()
  await page.getByLabel('Write back').fill('Sometimes he hits me when I ask.')
  await page.getByRole('button', { name: 'Send' }).click()
  expect(await look()).toBe('If days are too long to wait')

  await page.getByRole('link', { name: 'Your questions' }).click()
  await page.getByRole('link', { name: 'How do I ask' }).click()
  await page.getByRole('link', { name: 'Delete this question' }).click()
  expect(await look()).toBe('Delete this question?')
  await page.getByRole('button', { name: 'Delete it' }).click()
  expect(await look()).toBe('Your questions')
  expect(await page.getByText('It is deleted.').count()).toBe(1)
  await page.getByRole('link', { name: 'Ask a question' }).click()
  expect(await look()).toBe('Ask a question')
  if (discreet) expect([...titles]).toEqual(['Notes'])
  expect(faults).toEqual([])
})
