import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { publicationHash, publishedCode } from '../../../src/core/publication/publication.ts'
import type { PublicationText } from '../../../src/core/publication/publication-text.ts'
import type { NewPublishedQuestion } from '../../../src/flow/ports/publication-ports.ts'
import { createStore } from '../../../src/store/store.ts'
import { createTestStore, enrolForTest, type TestStore } from '../../support/test-store.ts'

const NOW = Date.parse('2026-03-02T09:00:00Z')
const COURSE = { name: 'three-days', library: 'open' } as const
const MEMBERS = { name: 'three-days', library: 'members' } as const
const bytes = (...numbers: number[]) => new Uint8Array(numbers)

let parts: TestStore
beforeEach(async () => {
  parts = await createTestStore()
})
afterEach(() => parts.close())

const publications = () => parts.store.publications
const published = () => parts.store.publishedQuestions

async function ask(address = 'mara@example.test') {
  const { learner, enrolment } = await enrolForTest(parts.store, { now: NOW, days: 1, address })
  const question = await parts.store.questions.add({
    ...{ learnerId: learner.id, enrolmentId: enrolment.id, course: COURSE.name, language: 'en', day: 1 },
    ...{ via: 'form', state: 'waiting', urgent: false, allowsName: false, askedAt: NOW },
  })
  return { questionId: question.id, learnerId: learner.id, enrolmentId: enrolment.id }
}

function text(more: Partial<PublicationText> = {}): PublicationText {
  return {
    ...{ question: 'May I wait?', answer: 'You may.', followUp: 'How long?', secondAnswer: 'As long as you choose.' },
    ...{ situation: 'steady', language: 'en', article: null },
    ...more,
  }
}

let made = 0
async function publish(questionId: number, more: Partial<NewPublishedQuestion> = {}) {
  made += 1
  const id = `p${made}`
  await published().add({
    ...{ id, code: publishedCode(COURSE.name, id), questionId, staysWhenErased: false, course: COURSE.name },
    ...{ text: text(), library: 'open', textHash: publicationHash(text(), 'open'), now: NOW },
    ...more,
  })
  return id
}

describe('a proposal', () => {
  const propose = (questionId: number, before = 0, from: 'proposed' | 'removed' | null = null, now = NOW) =>
    publications().propose({ questionId, before, from, sealed: bytes(before + 1), deliveryId: 40 + before, now })
  const open = { proposedAfter: NOW - 1 }

  test('is found with its text, by its question and by the email that asks', async () => {
    const { questionId } = await ask()
    expect(await publications().find(questionId)).toBeNull()
    expect(await propose(questionId)).toBe(true)
    const { sealed, ...rest } = (await publications().find(questionId)) ?? { sealed: bytes() }
    expect([...sealed]).toEqual([1])
    expect(rest).toEqual({
      ...{ questionId, version: 1, state: 'proposed', changed: null, proposedAt: NOW, decidedAt: null, deliveryId: 40 },
    })
    expect(await publications().ofDelivery(40)).toMatchObject({ questionId })
    expect(await publications().ofDelivery(41)).toBeNull()
  })

  test('is replaced by the one that knows its version, and keeps its time and its email', async () => {
    const { questionId } = await ask()
    await propose(questionId)
    expect(await propose(questionId)).toBe(false)
    expect(await propose(questionId, 1, 'removed')).toBe(false)
    expect(await propose(questionId, 1, 'proposed', NOW + 5)).toBe(true)
    expect(await propose(questionId, 1, 'proposed', NOW + 6)).toBe(false)
    expect(await publications().find(questionId)).toMatchObject({ version: 2, proposedAt: NOW, deliveryId: 40 })
  })

  test('that was taken back can be made anew, with another email and from then on', async () => {
    const { questionId } = await ask()
    await propose(questionId)
    expect(await publications().end(questionId, ['proposed', 'accepted'], 'removed', NOW + 1)).toBe(true)
    expect(await publications().end(questionId, ['proposed', 'accepted'], 'removed', NOW + 2)).toBe(false)
    expect(await propose(questionId, 1, 'removed', NOW + 3)).toBe(true)
    expect(await publications().find(questionId)).toMatchObject({
      ...{ version: 2, state: 'proposed', proposedAt: NOW + 3, deliveryId: 41, decidedAt: null },
    })
  })

  test('takes the learner’s words for the version that was shown, and loses them to another text of the author', async () => {
    const { questionId } = await ask()
    await propose(questionId)
    const change = (version: number) => publications().change({ questionId, version, changed: bytes(9), ...open })
    expect([await change(2), await change(1), await change(1)]).toEqual([false, true, false])
    expect([...((await publications().find(questionId))?.changed ?? [])]).toEqual([9])
    await propose(questionId, 2, 'proposed')
    expect(await publications().find(questionId)).toMatchObject({ version: 3, changed: null })
  })

  test('is answered once, for the version that was shown, and in time', async () => {
    const { questionId } = await ask()
    await propose(questionId)
    const decide = (version: number, state: 'accepted' | 'declined', proposedAfter: number) =>
      publications().decide({ questionId, version, state, proposedAfter, now: NOW + 9 })
    expect(await decide(2, 'accepted', NOW - 1)).toBe(false)
    expect(await decide(1, 'accepted', NOW)).toBe(false)
    expect(await decide(1, 'accepted', NOW - 1)).toBe(true)
    expect(await decide(1, 'declined', NOW - 1)).toBe(false)
    expect(await publications().find(questionId)).toMatchObject({ state: 'accepted', decidedAt: NOW + 9 })
    expect(await publications().change({ questionId, version: 1, changed: bytes(9), ...open })).toBe(false)
  })

  test('counts as declined when the course is stopped, or when its time is over', async () => {
    const [mara, nora] = [await ask(), await ask('nora@example.test')]
    await propose(mara.questionId)
    await propose(nora.questionId, 0, null, NOW + 5)
    await publications().declineOfEnrolment(mara.enrolmentId, NOW + 1)
    const states = async () =>
      Promise.all([mara, nora].map(async (one) => (await publications().find(one.questionId))?.state))
    expect(await states()).toEqual(['declined', 'proposed'])
    expect(await publications().declineProposedBefore(NOW + 4, NOW + 9)).toBe(0)
    expect(await publications().declineProposedBefore(NOW + 5, NOW + 9)).toBe(1)
    expect(await states()).toEqual(['declined', 'declined'])
  })
})

describe('a published question', () => {
  test('is in the list of its course, with its text, and at its discreet address', async () => {
    const [mara, nora] = [await ask(), await ask('nora@example.test')]
    const later = await publish(mara.questionId, { now: NOW + 5, text: text({ situation: null, language: 'de' }) })
    const first = await publish(nora.questionId)
    expect(await published().list(COURSE)).toEqual([
      { id: first, question: 'May I wait?', audiences: ['steady'], language: 'en', isFromLearner: true },
      { id: later, question: 'May I wait?', audiences: [], language: 'de', isFromLearner: true },
    ])
    expect(await published().list({ ...COURSE, name: 'other' })).toEqual([])
    expect(await published().find(COURSE, [later, 'nothing'])).toEqual([
      {
        ...{ id: later, question: 'May I wait?', answer: 'You may.', followUp: 'How long?' },
        ...{ secondAnswer: 'As long as you choose.', article: null, audiences: [], links: [] },
        ...{ language: 'de', isFromLearner: true },
      },
    ])
    expect(await published().find(COURSE, [])).toEqual([])
    expect(await published().byCode(publishedCode(COURSE.name, first))).toEqual({ course: COURSE.name, id: first })
    expect(await published().byCode('nothing')).toBeNull()
  })

  test('is shown to no more people than its learner agreed to', async () => {
    const [mara, nora] = [await ask(), await ask('nora@example.test')]
    const toEverybody = await publish(mara.questionId)
    const toMembers = await publish(nora.questionId, { library: 'members', now: NOW + 1 })
    const ids = async (course: typeof COURSE | typeof MEMBERS) => (await published().list(course)).map(({ id }) => id)
    expect(await ids(MEMBERS)).toEqual([toEverybody, toMembers])
    expect(await ids(COURSE)).toEqual([toEverybody])
    expect(await published().find(COURSE, [toMembers])).toEqual([])
  })

  test('is gone for every other process in the moment in which it is taken out', async () => {
    const { questionId } = await ask()
    const id = await publish(questionId)
    const again = parts.openAgain()
    const other = createStore(again).publishedQuestions
    expect(await other.list(COURSE)).toHaveLength(1)
    expect(await published().removeOfQuestion(questionId)).toBe(true)
    expect(await other.list(COURSE)).toEqual([])
    expect(await other.find(COURSE, [id])).toEqual([])
    expect(await other.byCode(publishedCode(COURSE.name, id))).toBeNull()
    expect(await published().removeOfQuestion(questionId)).toBe(false)
    expect(await parts.store.isRewriteDue()).toBe(true)
    await again.close()
  })

  test.each([
    ['when the learner is erased', ({ learnerId }: { learnerId: number }) => parts.store.learners.erase(learnerId)],
    [
      'when the question is deleted',
      ({ questionId }: { questionId: number }) => parts.store.questions.remove(questionId),
    ],
  ])('%s, is deleted too, or stays without anything that leads back', async (_, erase) => {
    const [mara, nora] = [await ask(), await ask('nora@example.test')]
    await publish(mara.questionId)
    const kept = await publish(nora.questionId, { staysWhenErased: true })
    for (const one of [mara, nora]) await erase(one)
    expect((await published().list(COURSE)).map(({ id }) => id)).toEqual([kept])
    const rows = await parts.database.db.selectFrom('published_question').selectAll().execute()
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ id: kept, question_id: null, goes_with: null })
    // The consent stays as long as the text: to which text, for whom, and when.
    expect(rows[0]).toMatchObject({ text_hash: publicationHash(text(), 'open'), library: 'open', published_at: NOW })
    expect(await parts.database.db.selectFrom('publication').selectAll().execute()).toEqual([])
    const entry = { id: kept, course: COURSE.name, question: 'May I wait?', questionId: null, publishedAt: NOW }
    expect(await published().ofCourses([COURSE.name, 'other'])).toEqual([entry])
    expect(await published().ofCourses([])).toEqual([])
    expect([await published().removeKept(kept), await published().removeKept(kept)]).toEqual([true, false])
  })

  test('keeps the row of its question when its time is over, without a word of the thread', async () => {
    const [mara, nora] = [await ask(), await ask('nora@example.test')]
    for (const { questionId, learnerId } of [mara, nora]) {
      const message = { questionId, learnerId, by: 'learner', operatorId: null, via: 'form', deliveryId: null } as const
      await parts.store.questions.addMessage({ ...message, sealed: bytes(1), at: NOW })
      await parts.store.questionDrafts.save({ questionId, operatorId: 1, sealed: bytes(1), at: NOW })
    }
    await publish(mara.questionId)
    const forget = () => parts.store.questions.forgetTouchedBefore(COURSE.name, NOW + 1, 10)
    expect(await forget()).toBe(1)
    expect(await parts.store.questions.byId(nora.questionId)).toBeNull()
    expect(await parts.store.questions.byId(mara.questionId)).not.toBeNull()
    expect(await parts.store.questions.messages(mara.questionId)).toEqual([])
    expect(await parts.store.questionDrafts.of(mara.questionId, 1)).toBeNull()
    expect(await published().ofQuestion(mara.questionId)).not.toBeNull()
    await published().removeOfQuestion(mara.questionId)
    expect(await forget()).toBe(1)
  })

  test('says to its learner where it stands', async () => {
    const { questionId } = await ask()
    expect(await published().ofQuestion(questionId)).toBeNull()
    const id = await publish(questionId, { staysWhenErased: true, library: 'members' })
    expect(await published().ofQuestion(questionId)).toEqual({
      ...{ id, text: text(), staysWhenErased: true, library: 'members', publishedAt: NOW },
    })
    await expect(publish(questionId)).rejects.toThrow()
  })
})
