import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Delivery, Enrolment } from '../../../src/core/model.ts'
import { QUESTION_ACTS, type QuestionAct, type QuestionState } from '../../../src/core/question/question.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { pauseEnrolment } from '../../../src/flow/enrolment/pause.ts'
import { stopCheckIns, stopEnrolment } from '../../../src/flow/enrolment/stop-enrolment.ts'
import { findForViewer, type LessonVisit } from '../../../src/flow/enrolment/viewer.ts'
import { answerQuestion } from '../../../src/flow/question/answer-question.ts'
import {
  type AskInput,
  askQuestion,
  MOST_MESSAGES_A_DAY,
  MOST_UNCONFIRMED_A_DAY,
} from '../../../src/flow/question/ask-question.ts'
import { type ClosingAct, closeQuestion } from '../../../src/flow/question/close-question.ts'
import { confirmQuestion } from '../../../src/flow/question/confirm-question.ts'
import { deleteQuestion } from '../../../src/flow/question/delete-question.ts'
import { forgetQuestions } from '../../../src/flow/question/forget-questions.ts'
import { openQuestionForAuthor } from '../../../src/flow/question/open-question-for-author.ts'
import { viewQuestion, viewQuestions } from '../../../src/flow/question/read-question.ts'
import { openOwnSession, openWriterSession } from '../../../src/flow/security/sessions.ts'
import { courseWithQuestions } from '../../support/question/course-with-questions.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

const DAY = 86_400_000
const OPERATOR = 7
const CANARY = 'My sister Zwetschgenröster says I never listen.'

let parts: TestApp
let courses: Awaited<ReturnType<typeof courseWithQuestions>>
let people = 0

beforeAll(async () => {
  courses = await courseWithQuestions()
  const { lessonsDir } = courses
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir } })
})
afterAll(async () => {
  await parts?.close()
  await courses?.remove()
})

const ports = () => parts.app.ports
const store = () => ports().store

interface Person {
  readonly enrolment: Enrolment
  readonly address: string
  /** Visits in a session of one's own. */
  own(): Promise<LessonVisit>
  visitWith(session: string | null): Promise<LessonVisit>
}

async function person(more: { discreet?: boolean; webOnly?: boolean; name?: string; language?: string } = {}) {
  parts.clock.set('2026-03-02T09:00:00Z')
  people += 1
  const address = `person-${people}@example.test`
  const { enrolment } = await enrolForTest(store(), { now: parts.clock.now(), days: 0, address })
  await store().enrolments.setPreferences(enrolment.id, more)
  const token = LINKS.lesson.make(ports().keys, { enrolmentId: enrolment.id, day: 1 })
  const visitWith = (session: string | null) => findForViewer(ports(), token, session)
  const own = async () =>
    visitWith(await store().transaction((unit) => openOwnSession(ports(), unit, enrolment.learnerId, null)))
  return { enrolment: (await store().enrolments.byId(enrolment.id)) ?? enrolment, address, own, visitWith }
}

async function ask(by: Person, text: string = CANARY, more: Partial<AskInput> = {}) {
  const { enrolment, course } = await by.visitWith(null)
  const input = { enrolment, course, day: 1, text, allowsName: false, via: 'form', isConfirmed: true } as const
  return askQuestion(ports(), { ...input, ...more })
}

const answer = (questionId: number, text = 'Ask her what she needs.') =>
  store().transaction((unit) => answerQuestion(ports(), unit, { questionId, operatorId: OPERATOR, text }))
const close = (questionId: number, act: ClosingAct) =>
  store().transaction((unit) => closeQuestion(ports(), unit, { questionId, operatorId: OPERATOR, act }))
const stateOf = async (id: number) => (await store().questions.byId(id))?.state
const emailsOf = async ({ enrolment }: Person, kind: Delivery['kind']) =>
  (await store().deliveries.ofEnrolment(enrolment.id)).filter((row) => row.kind === kind)
const newestTo = (address: string) => parts.mail.accepted.findLast(({ to }) => to === address)

describe('every act in every state', () => {
  const STATES: readonly QuestionState[] = ['unconfirmed', 'waiting', 'answered', 'closed', 'spam']

  async function questionIn(by: Person, state: QuestionState): Promise<number> {
    const { questionId: id } = await ask(by, CANARY, { isConfirmed: state !== 'unconfirmed' })
    if (state === 'answered' || state === 'closed') await answer(id)
    if (state === 'closed') await close(id, 'close')
    if (state === 'spam') await close(id, 'spam')
    // A block is not what this table is about.
    await store().questions.unblock(by.enrolment.learnerId, 'three-days')
    return id
  }

  const DO: Readonly<Record<QuestionAct, (by: Person, id: number) => Promise<unknown>>> = {
    confirm: async (by, id) => confirmQuestion(ports(), await by.own(), id, 'yes'),
    write: (by, questionId) => ask(by, 'And one thing more.', { questionId }),
    answer: (_, id) => answer(id),
    close: (_, id) => close(id, 'close'),
    reopen: (_, id) => close(id, 'reopen'),
    spam: (_, id) => close(id, 'spam'),
    'not-spam': (_, id) => close(id, 'not-spam'),
  }

  test.each(
    (Object.keys(QUESTION_ACTS) as QuestionAct[]).flatMap((act) => STATES.map((state) => [act, state] as const)),
  )('%s while %s', async (act, state) => {
    const by = await person()
    const id = await questionIn(by, state)
    const before = await store().questions.byId(id)
    const next = QUESTION_ACTS[act][state]
    if (next === null) {
      await expect(DO[act](by, id)).rejects.toMatchObject({ code: 'gone' })
      expect(await store().questions.byId(id)).toEqual(before)
      return
    }
    await DO[act](by, id)
    const expected = next === 'as-before' ? (before?.waitingSince === null ? 'answered' : 'waiting') : next
    expect(await stateOf(id)).toBe(expected)
  })
})

describe('a question', () => {
  test('is stored sealed, read in an own session alone, and answered once by email', async () => {
    const mara = await person({ name: 'Mara' })
    const { questionId, showsHelp } = await ask(mara)
    expect(showsHelp).toBe(false)
    const [stored] = await store().questions.messages(questionId)
    expect(Buffer.from(stored?.sealed ?? []).toString('latin1')).not.toContain('Zwetschgen')

    const writer = await store().transaction((unit) => openWriterSession(ports(), unit, mara.enrolment.learnerId))
    for (const visit of [await mara.visitWith(null), await mara.visitWith(writer)]) {
      await expect(viewQuestions(ports(), visit)).rejects.toMatchObject({ code: 'not-fresh' })
      await expect(viewQuestion(ports(), visit, questionId)).rejects.toMatchObject({ code: 'not-fresh' })
      await expect(deleteQuestion(ports(), visit, questionId)).rejects.toMatchObject({ code: 'not-fresh' })
    }
    const email = await answer(questionId, 'Ask her what she **needs**.')
    expect(await deliver(ports(), email?.id ?? 0)).toEqual({ kind: 'sent' })
    expect(await deliver(ports(), email?.id ?? 0)).toEqual({ kind: 'settled' })
    const own = await viewQuestion(ports(), await mara.own(), questionId)
    expect(own).toMatchObject({ state: 'answered', day: 1, mayWrite: true })
    expect(own.messages.map(({ by, text }) => [by, text])).toEqual([
      ['learner', CANARY],
      ['author', 'Ask her what she **needs**.'],
    ])
    const { mail, raw } = newestTo(mara.address) ?? {}
    expect(mail?.subject).toBe('Kinder Mornings: your question has an answer')
    expect(mail?.text).toMatch(new RegExp(`${parts.url}/l/[\\w-]+/page\\s`))
    // In the footer of a course that takes questions.
    expect(mail?.text?.replace(/\s+/g, ' ')).toContain('You can ask a question at the end of each lesson’s page.')
    for (const word of ['Zwetschgen', 'never listen', 'what she']) expect(String(raw)).not.toContain(word)
  })

  test('in discreet mode is answered by an email that does not hint at it, whatever its kind', async () => {
    const mara = await person({ discreet: true })
    const email = await answer((await ask(mara)).questionId)
    await deliver(ports(), email?.id ?? 0)
    const mail = newestTo(mara.address)?.mail
    expect(mail?.from?.name).toBe('Short notes')
    expect(mail?.subject).toBe('A page for you')
    const words = `${mail?.subject}\n${mail?.text}\n${mail?.html?.replace(/<style[\s\S]*?<\/style>/g, '')}`
    expect(mail?.text?.replace(/\s+/g, ' ')).toContain('Nobody reads replies to this email.')
    expect(words).not.toMatch(/question|answer|\bask(?!ed for it)|Kinder/i)
  })

  test('of another learner, another course or none is gone', async () => {
    const [mara, other] = [await person(), await person()]
    const { questionId } = await ask(mara)
    const visit = await other.own()
    await expect(viewQuestion(ports(), visit, questionId)).rejects.toMatchObject({ code: 'gone' })
    await expect(deleteQuestion(ports(), visit, questionId)).rejects.toMatchObject({ code: 'gone' })
    await expect(ask(other, 'More.', { questionId })).rejects.toMatchObject({ code: 'gone' })
    await expect(ask(mara, 'More.', { questionId: 999_999 })).rejects.toMatchObject({ code: 'gone' })
    expect(await viewQuestions(ports(), visit)).toEqual([])
    expect(await store().questions.messages(questionId)).toHaveLength(1)
  })

  test.each([
    ['nothing', ' \n\t\u0000 ', 'question.errors.empty'],
    ['too much', 'ä'.repeat(5_001), 'question.errors.too-long'],
  ])('with %s in it is refused', async (_, text, key) => {
    await expect(ask(await person(), text)).rejects.toMatchObject({ code: 'bad-input', phrase: { key } })
  })

  test('keeps line breaks and loses what nobody sees; 5,000 letters are not too many', async () => {
    const mara = await person()
    const { questionId } = await ask(mara, `  One\r\ntwo\u0000\r\n\tthree ${'🙂'.repeat(4_900)}\n`)
    const text = (await viewQuestion(ports(), await mara.own(), questionId)).messages[0]?.text
    expect(text?.slice(0, 15)).toBe('One\ntwo\n\tthree ')
    expect(text?.endsWith('🙂')).toBe(true)
  })

  test('with words of danger is urgent, also where they come in a further message', async () => {
    const mara = await person()
    const one = await ask(mara, 'Last night he hit me again.')
    expect(one.showsHelp).toBe(true)
    expect((await store().questions.byId(one.questionId))?.urgent).toBe(true)
    const two = await ask(mara)
    expect((await store().questions.byId(two.questionId))?.urgent).toBe(false)
    expect((await ask(mara, 'I want to die.', { questionId: two.questionId })).showsHelp).toBe(true)
    expect((await store().questions.byId(two.questionId))?.urgent).toBe(true)
    // It stays urgent until it is answered by a person.
    await ask(mara, 'It was only a bad day.', { questionId: two.questionId })
    expect((await store().questions.byId(two.questionId))?.urgent).toBe(true)
  })

  test('is asked in the language of its learner', async () => {
    const mara = await person({ language: 'de' })
    const { questionId, showsHelp } = await ask(mara, 'Er hat mich geschlagen.')
    expect(showsHelp).toBe(true)
    expect((await store().questions.byId(questionId))?.language).toBe('de')
    await deliver(ports(), (await answer(questionId))?.id ?? 0)
    expect(newestTo(mara.address)?.mail.subject).toMatch(/Auf deine Frage gibt es eine Antwort$/)
  })

  test('comes at most ten times a day, counted from each message', async () => {
    const mara = await person()
    const { questionId } = await ask(mara)
    for (let n = 1; n < MOST_MESSAGES_A_DAY; n += 1) await ask(mara, 'More.', { questionId })
    const tooMany = { code: 'too-many', phrase: { values: { most: MOST_MESSAGES_A_DAY } } }
    await expect(ask(mara)).rejects.toMatchObject(tooMany)
    await expect(ask(mara, 'More.', { questionId })).rejects.toMatchObject(tooMany)
    await ask(await person())
    parts.clock.advance(DAY + 1)
    await ask(mara, 'More.', { questionId })
  })

  test('waits since its first message without an answer', async () => {
    const mara = await person()
    const { questionId } = await ask(mara)
    const asked = parts.clock.now()
    parts.clock.advance(1_000)
    await ask(mara, 'More.', { questionId })
    expect(await store().questions.byId(questionId)).toMatchObject({ waitingSince: asked, touchedAt: asked + 1_000 })
    await answer(questionId)
    expect(await store().questions.byId(questionId)).toMatchObject({ waitingSince: null, answeredAt: asked + 1_000 })
    parts.clock.advance(1_000)
    await ask(mara, 'Thank you.', { questionId })
    expect(await store().questions.byId(questionId)).toMatchObject({ waitingSince: asked + 2_000 })
    await close(questionId, 'close')
    await close(questionId, 'reopen')
    expect(await store().questions.byId(questionId)).toMatchObject({ state: 'waiting', closedAt: null })
  })

  test('that was taken for spam looks closed to its learner, who asks no more until that is undone', async () => {
    const mara = await person()
    const { questionId } = await ask(mara)
    await close(questionId, 'spam')
    expect(await viewQuestion(ports(), await mara.own(), questionId)).toMatchObject({
      state: 'closed',
      mayWrite: false,
    })
    const refused = await ask(mara).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'not-yet', phrase: { key: 'question.errors.not-taken' } })
    const { enrolment, course } = await mara.visitWith(null)
    const closed = { ...course, questions: null }
    const none = await ask(mara, CANARY, { enrolment, course: closed }).catch((error: unknown) => error)
    // The same as in a course that takes no questions.
    expect(none).toEqual(refused)
    await close(questionId, 'not-spam')
    await ask(mara)
  })

  test('is deleted wholly by its learner, and no email about it follows', async () => {
    const mara = await person()
    const { questionId } = await ask(mara)
    const email = await answer(questionId)
    await deleteQuestion(ports(), await mara.own(), questionId)
    expect(await store().questions.byId(questionId)).toBeNull()
    expect(await store().questions.messages(questionId)).toEqual([])
    expect((await store().deliveries.byId(email?.id ?? 0))?.state).toBe('cancelled')
    expect((await emailsOf(mara, 'follow-up')).map(({ state }) => state)).toEqual(['cancelled'])
    await expect(answer(questionId)).rejects.toMatchObject({ code: 'gone' })
  })
})

describe('a message that came in a learner’s name', () => {
  test('waits for the yes of the learner, and nobody else reads or answers it', async () => {
    const mara = await person()
    const { questionId } = await ask(mara, CANARY, { isConfirmed: false, via: 'email', day: null })
    await expect(store().transaction((unit) => openQuestionForAuthor(ports(), unit, questionId))).rejects.toMatchObject(
      { code: 'gone' },
    )
    await expect(confirmQuestion(ports(), await mara.visitWith(null), questionId, 'yes')).rejects.toMatchObject({
      code: 'not-fresh',
    })
    parts.clock.advance(5_000)
    expect(await confirmQuestion(ports(), await mara.own(), questionId, 'yes')).toEqual({
      questionId,
      showsHelp: false,
    })
    const since = parts.clock.now()
    expect(await store().questions.byId(questionId)).toMatchObject({ state: 'waiting', waitingSince: since })
    await expect(confirmQuestion(ports(), await mara.own(), questionId, 'no')).rejects.toMatchObject({ code: 'gone' })
  })

  test('is deleted by a no', async () => {
    const mara = await person()
    const { questionId } = await ask(mara, CANARY, { isConfirmed: false, via: 'email' })
    expect(await confirmQuestion(ports(), await mara.own(), questionId, 'no')).toBeNull()
    expect(await store().questions.byId(questionId)).toBeNull()
  })

  test('comes three times a day at most, and leaves the learner’s own limit alone', async () => {
    const mara = await person()
    const forged = () => ask(mara, CANARY, { isConfirmed: false, via: 'email' })
    for (let n = 0; n < MOST_UNCONFIRMED_A_DAY; n += 1) await forged()
    await expect(forged()).rejects.toMatchObject({ code: 'too-many' })
    for (let n = 0; n < MOST_MESSAGES_A_DAY; n += 1) await ask(mara)
  })
})

describe('the author', () => {
  test('sees a first name only where the learner allows it, the lesson, and never an address', async () => {
    const mara = await person({ name: 'Mara' })
    const [open, quiet] = [await ask(mara, CANARY, { allowsName: true }), await ask(mara, CANARY, { day: null })]
    const see = (id: number) => store().transaction((unit) => openQuestionForAuthor(ports(), unit, id))
    const [one, two] = [await see(open.questionId), await see(quiet.questionId)]
    const course = ports().courses.get('three-days')
    expect([one.firstName, one.lessonTitle]).toEqual(['Mara', course?.lessons[0]?.title])
    expect([two.firstName, two.lessonTitle]).toEqual([null, null])
    expect(one.messages.map(({ text }) => text)).toEqual([CANARY])
    expect(JSON.stringify([one, two])).not.toContain(mara.address)
  })

  test('answers with an email for each answer', async () => {
    const mara = await person()
    const { questionId } = await ask(mara)
    await answer(questionId)
    await answer(questionId, 'And one thing more.')
    expect(await emailsOf(mara, 'answer')).toHaveLength(2)
    await expect(answer(questionId, '   ')).rejects.toMatchObject({ code: 'bad-input' })
    expect(await emailsOf(mara, 'answer')).toHaveLength(2)
  })
})

describe('the email of an answer', () => {
  const finish = ({ enrolment }: Person) =>
    store().enrolments.move(enrolment.id, 'active', 'finished', parts.clock.now())

  test('comes while the course is paused and after it is finished', async () => {
    const [paused, finished] = [await person(), await person()]
    const at = parts.clock.now()
    await store().transaction((unit) => pauseEnrolment(ports(), unit, paused.enrolment, '2026-03-20', at))
    await finish(finished)
    for (const by of [paused, finished]) {
      const email = await answer((await ask(by)).questionId)
      expect(await deliver(ports(), email?.id ?? 0)).toEqual({ kind: 'sent' })
    }
  })

  test('does not come after a stop, whichever of the two was first, and the page has the answer', async () => {
    for (const isFinished of [false, true]) {
      const [before, after] = [await person(), await person()]
      for (const by of [before, after]) if (isFinished) await finish(by)
      const stop = ({ enrolment }: Person) =>
        store().transaction((unit) => stopEnrolment(unit, enrolment, 'learner', parts.clock.now()))
      const [one, two] = [await ask(before), await ask(after)]
      parts.clock.advance(1_000)
      const planned = await answer(one.questionId)
      await stop(before)
      expect(await deliver(ports(), planned?.id ?? 0)).toEqual({ kind: 'settled' })
      expect((await store().deliveries.byId(planned?.id ?? 0))?.state).toBe('cancelled')
      await stop(after)
      expect(await answer(two.questionId)).toBeNull()
      expect(await viewQuestion(ports(), await after.own(), two.questionId)).toMatchObject({ state: 'answered' })
      for (const by of [before, after])
        expect((await emailsOf(by, 'follow-up')).filter(({ state }) => state !== 'cancelled')).toEqual([])
    }
  })

  test('comes to somebody who stopped only the check-ins, and to somebody who asks after the end of them', async () => {
    const [running, finished] = [await person(), await person()]
    await finish(finished)
    for (const { enrolment } of [running, finished])
      await store().transaction((unit) => stopCheckIns(unit, enrolment.id, parts.clock.now()))
    parts.clock.advance(1_000)
    for (const by of [running, finished]) {
      const email = await answer((await ask(by)).questionId)
      expect(await deliver(ports(), email?.id ?? 0)).toEqual({ kind: 'sent' })
    }
  })

  test('does not come to somebody who reads on the web only', async () => {
    const mara = await person({ webOnly: true })
    const email = await answer((await ask(mara)).questionId)
    expect(await deliver(ports(), email?.id ?? 0)).toEqual({ kind: 'cancelled' })
  })
})

describe('the email that asks how it is', () => {
  test('comes once, three weeks after the latest answer, at the hour of the learner', async () => {
    const mara = await person()
    const { questionId } = await ask(mara)
    await answer(questionId)
    const [planned] = (await emailsOf(mara, 'follow-up')) as [Delivery]
    expect(new Date(planned.dueAt).toISOString()).toBe('2026-03-24T06:00:00.000Z')
    parts.clock.advance(2 * DAY)
    await answer(questionId, 'One thing more.')
    const [moved, ...none] = (await emailsOf(mara, 'follow-up')) as [Delivery]
    expect([moved.id, none]).toEqual([planned.id, []])
    expect(new Date(moved.dueAt).toISOString()).toBe('2026-03-26T06:00:00.000Z')
    parts.clock.set(moved.dueAt)
    expect(await deliver(ports(), moved.id)).toEqual({ kind: 'sent' })
    expect(newestTo(mara.address)?.mail.subject).toBe('Kinder Mornings: how is it now?')
    expect((await store().questions.byId(questionId))?.followUpAskedAt).toBe(moved.dueAt)
    await ask(mara, 'Better, thank you.', { questionId })
    await answer(questionId)
    expect(await emailsOf(mara, 'follow-up')).toHaveLength(1)
  })

  test('is called off where the learner writes first, and planned anew with the next answer', async () => {
    const mara = await person()
    const { questionId } = await ask(mara)
    await answer(questionId)
    parts.clock.advance(DAY)
    await ask(mara, 'It got worse.', { questionId })
    expect((await emailsOf(mara, 'follow-up')).map(({ state }) => state)).toEqual(['cancelled'])
    await answer(questionId)
    expect((await emailsOf(mara, 'follow-up')).map(({ state }) => state)).toEqual(['cancelled', 'planned'])
  })

  test('does not come for a question that was closed, nor again after a stop', async () => {
    const [closed, stopped] = [await person(), await person()]
    const [one, two] = [await ask(closed), await ask(stopped)]
    await answer(one.questionId)
    await close(one.questionId, 'close')
    const [planned] = (await emailsOf(closed, 'follow-up')) as [Delivery]
    parts.clock.set(planned.dueAt)
    expect(await deliver(ports(), planned.id)).toEqual({ kind: 'cancelled' })

    await answer(two.questionId)
    await store().transaction((unit) => stopEnrolment(unit, stopped.enrolment, 'learner', parts.clock.now()))
    await store().transaction((unit) =>
      unit.enrolments.move(stopped.enrolment.id, 'stopped', 'active', parts.clock.now()),
    )
    await answer(two.questionId)
    expect((await emailsOf(stopped, 'follow-up')).map(({ state }) => state)).toEqual(['cancelled'])
  })

  test('follows the round that the learner takes part in, whichever round the question is of', async () => {
    const [stopped, back] = [await person(), await person()]
    const [one, two] = [await ask(stopped), await ask(back)]
    await answer(one.questionId)
    const anew = async ({ enrolment }: Person) => {
      const { learnerId, course, timeZone, hour } = enrolment
      const { name, discreet, webOnly, shortEmails, pace, reminderHour, language } = enrolment
      const chosen = { name, discreet, webOnly, shortEmails, pace, reminderHour, language, tracks: null, plan: null }
      const now = parts.clock.now()
      return store().enrolments.add({ ...chosen, learnerId, course, timeZone, hour, days: null, now } as never)
    }
    await store().enrolments.move(stopped.enrolment.id, 'active', 'finished', parts.clock.now())
    const second = await anew(stopped)
    await store().transaction((unit) => stopEnrolment(unit, second, 'learner', parts.clock.now()))
    expect((await emailsOf(stopped, 'follow-up')).map(({ state }) => state)).toEqual(['cancelled'])
    expect(await answer(one.questionId)).toBeNull()

    await store().transaction((unit) => stopEnrolment(unit, back.enrolment, 'learner', parts.clock.now()))
    const third = await anew(back)
    const email = await answer(two.questionId)
    expect(email?.enrolmentId).toBe(third.id)
    expect(await deliver(ports(), email?.id ?? 0)).toEqual({ kind: 'sent' })
    // A link of the earlier round stops that round alone.
    await store().transaction((unit) => stopEnrolment(unit, back.enrolment, 'learner', parts.clock.now()))
    const [followUp] = (await store().deliveries.ofEnrolment(third.id)).filter(({ kind }) => kind === 'follow-up')
    expect(followUp?.state).toBe('planned')
  })
})

describe('a question is deleted', () => {
  const upkeep = () => forgetQuestions(ports(), new AbortController().signal)

  test('as long after its last message as the course says', async () => {
    const mara = await person()
    const [quiet, lively] = [await ask(mara), await ask(mara)]
    parts.clock.advance(30 * DAY)
    await answer(lively.questionId)
    parts.clock.advance(60 * DAY)
    await upkeep()
    expect([await stateOf(quiet.questionId), await stateOf(lively.questionId)]).toEqual(['waiting', 'answered'])
    parts.clock.advance(1)
    await upkeep()
    expect([await stateOf(quiet.questionId), await stateOf(lively.questionId)]).toEqual([undefined, 'answered'])
    parts.clock.advance(30 * DAY)
    await upkeep()
    expect(await stateOf(lively.questionId)).toBeUndefined()
  })

  test('after a year where the course is gone or takes none any more', async () => {
    const mara = await person()
    const { questionId } = await ask(mara)
    await parts.app.ports.store.transaction(async (unit) => {
      const question = await unit.questions.byId(questionId)
      if (question !== null) await unit.questions.add({ ...question, course: 'gone', state: 'waiting' })
    })
    const left = async () => (await store().questions.ofLearner(mara.enrolment.learnerId)).map(({ course }) => course)
    parts.clock.advance(364 * DAY)
    await upkeep()
    expect(await left()).toEqual(['gone'])
    parts.clock.advance(DAY + 1)
    await upkeep()
    expect(await left()).toEqual([])
  })
})
