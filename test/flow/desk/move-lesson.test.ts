import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { PersonAct } from '../../../src/core/desk/person-acts.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { actOnPerson } from '../../../src/flow/desk/act-on-person.ts'
import { viewPerson } from '../../../src/flow/desk/view-person.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

let parts: TestApp
let learners = 0

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports
const at = (instant: string) => Date.parse(instant)

/** In Berlin (UTC+1), weekly at seven, with the first lesson sent on Monday. */
async function enrolled() {
  parts.clock.set('2026-03-02T09:00:00Z')
  learners += 1
  const address = `learner-${learners}@example.test`
  const { enrolment, deliveries } = await enrolForTest(ports().store, { now: parts.clock.now(), days: 3, address })
  await ports().store.enrolments.setPreferences(enrolment.id, { pace: 'weekly' })
  for (const [index, row] of deliveries.slice(1).entries())
    await ports().store.deliveries.postpone(row.id, at('2026-03-09T06:00:00Z') + index * 7 * 86_400_000)
  expect(await deliver(ports(), deliveries[0]?.id ?? 0)).toEqual({ kind: 'sent' })
  const { learnerId } = enrolment
  const act = (name: PersonAct, value: string) =>
    actOnPerson(ports(), {
      ...{ operatorId: 1, learnerId, act: name, reason: 'asked', note: '', enrolmentId: enrolment.id, value },
    })
  const due = async () =>
    (await ports().store.deliveries.ofEnrolment(enrolment.id))
      .filter(({ state }) => state === 'planned')
      .map(({ dueAt }) => new Date(dueAt).toISOString().slice(5, 16))
  const view = async () => (await viewPerson(ports(), learnerId)).courses[0]
  return { enrolmentId: enrolment.id, second: deliveries[1]?.id ?? 0, address, act, due, view }
}

const refusal = (why: string) => ({ code: 'bad-input', message: `desk.errors.${why}` })
const mailsTo = (address: string) => parts.mail.accepted.filter(({ to }) => to === address)

test('offers the days before it without a lesson, and none on which one came', async () => {
  const { view } = await enrolled()
  const dates = async () => (await view())?.earlierDays.map(({ date }) => date)
  expect(await dates()).toEqual(['03', '04', '05', '06', '07', '08'].map((day) => `2026-03-${day}`))
  parts.clock.set('2026-03-04T05:00:00Z')
  expect((await view())?.earlierDays[0]).toEqual({ date: '2026-03-04', at: at('2026-03-04T06:00:00Z') })
  parts.clock.set('2026-03-04T12:00:00Z')
  expect((await view())?.earlierDays[0]).toEqual({ date: '2026-03-04', at: at('2026-03-04T12:00:00Z') })
})

test('brings it to a day at its hour; those after it keep theirs, and it counts as the lesson of that day', async () => {
  const { act, due, second, address } = await enrolled()
  await act('move-lesson', '2026-03-05')
  expect(await due()).toEqual(['03-05T06:00', '03-16T06:00'])
  parts.clock.set('2026-03-05T06:00:00Z')
  expect(await deliver(ports(), second)).toEqual({ kind: 'sent' })
  expect(mailsTo(address)).toHaveLength(2)
  await expect(act('move-lesson', '2026-03-05')).rejects.toMatchObject(refusal('no-such-day'))
})

test('is undone with one click while it waits, and not once it was sent or planned anew', async () => {
  const { act, due, second, view } = await enrolled()
  await act('move-lesson', '2026-03-05')
  expect((await view())?.former.lessonAt).toBe(at('2026-03-09T06:00:00Z'))
  await act('move-lesson', '')
  expect(await due()).toEqual(['03-09T06:00', '03-16T06:00'])
  await expect(act('move-lesson', '')).rejects.toMatchObject(refusal('not-moved-back'))

  await act('move-lesson', '2026-03-05')
  await act('change-hour', '9')
  expect((await view())?.former.lessonAt).toBeNull()
  await expect(act('move-lesson', '')).rejects.toMatchObject(refusal('not-moved-back'))

  await act('move-lesson', '2026-03-04')
  parts.clock.set('2026-03-04T08:00:00Z')
  expect(await deliver(ports(), second)).toEqual({ kind: 'sent' })
  await expect(act('move-lesson', '')).rejects.toMatchObject(refusal('not-moved-back'))
})

describe('is refused with what to do instead', () => {
  test.each([
    ['2026-03-02', 'on which a lesson came'],
    ['2026-03-09', 'on which it comes anyway'],
    ['2026-03-10', 'after it'],
    ['2026-03-01', 'that is over'],
    ['soon', 'that is none'],
  ])('for %s, a day %s', async (date) => {
    const { act, due } = await enrolled()
    await expect(act('move-lesson', date)).rejects.toMatchObject(refusal('no-such-day'))
    expect(await due()).toEqual(['03-09T06:00', '03-16T06:00'])
  })

  test('while a lesson is due', async () => {
    const { act, view } = await enrolled()
    parts.clock.set('2026-03-09T07:00:00Z')
    expect((await view())?.earlierDays).toEqual([])
    await expect(act('move-lesson', '2026-03-09')).rejects.toMatchObject(refusal('no-next-lesson'))
  })

  test('in a course that is paused or stopped', async () => {
    const { act, enrolmentId } = await enrolled()
    await act('pause-course', '2026-03-20')
    await expect(act('move-lesson', '2026-03-05')).rejects.toMatchObject(refusal('course-paused'))
    await stop(ports(), LINKS.stop.make(ports().keys, { enrolmentId }))
    for (const [name, value] of [
      ['move-lesson', '2026-03-05'],
      ['change-hour', '9'],
      ['change-pace', 'daily'],
    ] as const)
      await expect(act(name, value)).rejects.toMatchObject(refusal('course-stopped'))
  })
})

test('two operators at the same time move it once', async () => {
  const { act, due } = await enrolled()
  await Promise.allSettled([act('move-lesson', '2026-03-05'), act('move-lesson', '2026-03-04')])
  expect((await due())[0]).toMatch(/^03-0[45]T06:00$/)
  expect(await due()).toHaveLength(2)
})
