import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createLibrarySearch } from '../../src/content/library-search.ts'
import type { Course } from '../../src/core/course/course.ts'
import { NO_RESOURCES } from '../../src/core/course/parse/parse-resources.ts'
import { createStore } from '../../src/store/store.ts'
import { createTestStore, enrolForTest, type TestStore } from '../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const COURSE = { name: 'three-days', library: 'members', language: 'en' } as Course
const SHIPPED = { answer: 'You may.', followUp: '', secondAnswer: '', article: null, audiences: [], links: [] }
const RESOURCES = { ...NO_RESOURCES, questions: [{ ...SHIPPED, id: 'wait', question: 'May I wait?' }] }
const courses = {
  get: (name: string) => (name === COURSE.name ? COURSE : null),
  resourcesOf: () => RESOURCES,
}

let parts: TestStore
beforeEach(async () => {
  parts = await createTestStore()
})
afterEach(() => parts.close())

async function publish(id: string) {
  const address = `${id}@example.test`
  const { learner, enrolment } = await enrolForTest(parts.store, { now: NOW, days: 1, address })
  const question = await parts.store.questions.add({
    ...{ learnerId: learner.id, enrolmentId: enrolment.id, course: COURSE.name, language: 'en', day: 1 },
    ...{ via: 'form', state: 'waiting', urgent: false, allowsName: false, askedAt: NOW },
  })
  const text = {
    ...{ question: 'Must I wait?', answer: 'A **zebra** waits.\n\nA giraffe does not.', followUp: 'And an okapi?' },
    ...{ secondAnswer: 'It too.', situation: null, language: 'en', article: null },
  }
  await parts.store.publishedQuestions.add({
    ...{ id, code: id, questionId: question.id, staysWhenErased: false, course: COURSE.name, text },
    ...{ library: 'members', textHash: '', now: NOW },
  })
  return question.id
}

test('a search finds learners’ questions beside those of the course, and forgets them at once, in every process', async () => {
  const again = parts.openAgain()
  const here = createLibrarySearch(courses, parts.store.publishedQuestions)
  const there = createLibrarySearch(courses, createStore(again).publishedQuestions)
  const found = async (query: string, whole = true) =>
    Promise.all(
      [here, there].map(async (search) => (await search.find(COURSE.name, query, { whole })).map(({ name }) => name)),
    )
  expect(await found('wait')).toEqual([['wait'], ['wait']])

  const questionId = await publish('p1')
  expect(await found('wait')).toEqual(Array(2).fill(['wait', 'p1']))
  expect(await found('okapi')).toEqual([['p1'], ['p1']])
  await publish('p2')
  expect(await found('zebra')).toEqual(Array(2).fill(['p1', 'p2']))

  await parts.store.publishedQuestions.removeOfQuestion(questionId)
  expect(await found('zebra')).toEqual([['p2'], ['p2']])
  await again.close()
})

test('people who do not take the course find no more of them than the beginning', async () => {
  const search = createLibrarySearch(courses, parts.store.publishedQuestions)
  await publish('p1')
  const names = async (query: string, whole: boolean) =>
    (await search.find(COURSE.name, query, { whole })).map(({ name }) => name)
  expect(await names('zebra', false)).toEqual(['p1'])
  for (const query of ['giraffe', 'okapi', 'too']) {
    expect(await names(query, false)).toEqual([])
    expect(await names(query, true)).toEqual(['p1'])
  }
  expect(await search.find('nothing', 'zebra', { whole: true })).toEqual([])
})
