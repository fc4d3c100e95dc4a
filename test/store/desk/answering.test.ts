import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { NewQuestion } from '../../../src/flow/ports/question-ports.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const BYTES = new Uint8Array([1, 2, 3])

let parts: TestStore
let learners: Pick<Awaited<ReturnType<typeof enrolForTest>>, 'learner' | 'enrolment'> | null
let one: number
let two: number
beforeEach(async () => {
  parts = await createTestStore()
  learners = null
  one = await operator('one')
  two = await operator('two')
})
afterEach(() => parts.close())

async function operator(name: string): Promise<number> {
  const { id } = await parts.store.transaction((unit) =>
    unit.operators.add({ address: `${name}@example.test`, addressKey: `key of ${name}`, role: 'author', now: NOW }),
  )
  await parts.store.answersFor.grant(id, 'three-days', NOW)
  return id
}

async function ask(more: Partial<NewQuestion> = {}): Promise<{ id: number; learnerId: number }> {
  const { learner, enrolment } = learners ?? (await enrolForTest(parts.store, { now: NOW, days: 0 }))
  learners = { learner, enrolment }
  return parts.store.questions.add({
    ...{ learnerId: learner.id, enrolmentId: enrolment.id, course: 'three-days', language: 'en', day: 1 },
    ...{ via: 'form', state: 'waiting', urgent: false, allowsName: false, askedAt: NOW },
    ...more,
  })
}

test('who answers for a course is stored once, and ends with the operator', async () => {
  const { answersFor, operators } = parts.store
  expect(await answersFor.grant(one, 'three-days', NOW)).toBe(false)
  await answersFor.grant(one, 'a-course', NOW)
  expect(await answersFor.coursesOf(one)).toEqual(['a-course', 'three-days'])
  expect(await answersFor.revoke(one, 'a-course')).toBe(true)
  expect(await answersFor.revoke(one, 'a-course')).toBe(false)
  expect(await answersFor.all()).toEqual([
    { operatorId: one, course: 'three-days' },
    { operatorId: two, course: 'three-days' },
  ])
  await operators.remove(two, NOW)
  expect(await answersFor.all()).toHaveLength(1)
})

test('a draft is one for each author and question, and goes with its learner', async () => {
  const { questionDrafts, learners } = parts.store
  const { id, learnerId } = await ask()
  const draft = { questionId: id, operatorId: one, sealed: BYTES, at: NOW }
  await questionDrafts.save(draft)
  await questionDrafts.save({ ...draft, at: NOW + 1 })
  await questionDrafts.save({ ...draft, operatorId: two })
  expect((await questionDrafts.of(id, one))?.at).toBe(NOW + 1)
  expect([...((await questionDrafts.of(id, two))?.sealed ?? [])]).toEqual([1, 2, 3])
  expect(await questionDrafts.ofCourse(one, 'three-days')).toHaveLength(1)
  expect(await questionDrafts.ofCourse(one, 'other')).toEqual([])
  await questionDrafts.remove(id, one)
  expect(await questionDrafts.of(id, one)).toBeNull()
  await learners.erase(learnerId)
  expect(await questionDrafts.of(id, two)).toBeNull()
})

test('a colleague is asked once at a time, and only they say that they have looked', async () => {
  const { questionNotes } = parts.store
  const { id } = await ask()
  const askTwo = () =>
    parts.store.transaction((unit) => unit.questionNotes.ask({ questionId: id, askedBy: one, askedOf: two, at: NOW }))
  expect([await askTwo(), await askTwo()]).toEqual([true, false])
  const [note] = await questionNotes.askedOf(two)
  expect(note).toMatchObject({ questionId: id, askedBy: one, sealed: null, doneAt: null })
  expect(await questionNotes.finish(note?.id ?? 0, one, BYTES, NOW)).toBe(false)
  expect(await questionNotes.finish(note?.id ?? 0, two, BYTES, NOW + 1)).toBe(true)
  expect(await questionNotes.finish(note?.id ?? 0, two, null, NOW + 2)).toBe(false)
  expect(await questionNotes.askedOf(two)).toEqual([])
  expect(await askTwo()).toBe(true)
  await questionNotes.withdraw(two, 'other')
  expect(await questionNotes.askedOf(two)).toHaveLength(1)
  await questionNotes.withdraw(two, 'three-days')
  expect(await questionNotes.ofQuestion(id)).toMatchObject([{ doneAt: NOW + 1 }])
})

test('what somebody is assigned is counted while it is open, and handed over', async () => {
  const { questions, questionDuty } = parts.store
  const ids = [(await ask()).id, (await ask()).id, (await ask({ course: 'other' })).id]
  for (const id of ids) await questions.set(id, ['waiting'], { assignedTo: one })
  await questions.set(ids[1] ?? 0, ['waiting'], { state: 'closed' })
  expect(await questionDuty.countAssigned(one)).toEqual([
    { course: 'other', count: 1 },
    { course: 'three-days', count: 1 },
  ])
  expect(await questionDuty.handOver(one, 'three-days', two)).toBe(2)
  expect(await questionDuty.countAssigned(one)).toEqual([{ course: 'other', count: 1 }])
  expect(await questionDuty.handOver(one, 'other', null)).toBe(1)
  expect((await questions.byId(ids[2] ?? 0))?.assignedTo).toBeNull()
})

test('an author is told once of each time a question waits, and of nothing from before they answered for the course', async () => {
  const { questions, questionDuty, answersFor } = parts.store
  const { id } = await ask()
  await ask({ state: 'unconfirmed' })
  await ask({ askedAt: NOW - 1 })
  const urgent = await ask({ urgent: true, askedAt: NOW + 5 })
  const untold = async (who: number) => (await questionDuty.untold(who, 10)).map(({ questionId }) => questionId)
  expect(await untold(one)).toEqual([urgent.id, id])
  expect(await questionDuty.claimNotice(one, NOW, NOW + 10)).toBe(true)
  expect(await questionDuty.claimNotice(one, NOW + 9, NOW + 20)).toBe(false)
  expect(await questionDuty.lastTold(one)).toBeNull()
  expect([await questionDuty.notTold(one), await questionDuty.notTold(one)]).toEqual([1, 2])
  const all = await questionDuty.untold(one, 10)
  await questions.remove(urgent.id)
  await questionDuty.told(one, all, NOW + 10)
  expect(await questionDuty.lastTold(one)).toBe(NOW + 10)
  expect(await questionDuty.claimNotice(one, NOW + 10, NOW + 20)).toBe(true)
  expect(await untold(one)).toEqual([])
  expect(await untold(two)).toEqual([id])
  // It is answered, and waits again.
  await questions.set(id, ['waiting'], { waitingSince: NOW + 30 })
  expect(await untold(one)).toEqual([id])
  await answersFor.revoke(one, 'three-days')
  expect(await untold(one)).toEqual([])
})

test('passages are listed by course and title', async () => {
  const { savedPassages } = parts.store
  const add = (course: string, title: string) =>
    parts.store.transaction((unit) => unit.savedPassages.add({ course, title, text: 't', operatorId: one, at: NOW }))
  const ids = [await add('b', 'x'), await add('a', 'z'), await add('a', 'y'), await add('c', 'x')]
  const listed = await savedPassages.ofCourses(['b', 'a'])
  expect(listed.map(({ id }) => id)).toEqual([ids[2], ids[1], ids[0]])
  expect(await savedPassages.ofCourses([])).toEqual([])
})
