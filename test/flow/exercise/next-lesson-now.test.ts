import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { changeSettings } from '../../../src/flow/enrolment/change-settings.ts'
import { pauseInSettings } from '../../../src/flow/enrolment/pause-in-settings.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import { findForViewer } from '../../../src/flow/enrolment/viewer.ts'
import { openNextLesson } from '../../../src/flow/exercise/next-lesson-now.ts'
import { viewPage } from '../../../src/flow/exercise/view-lesson.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

let parts: TestApp
let learners = 0

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports
const tokenOf = (id: number, day: number) => LINKS.lesson.make(ports().keys, { enrolmentId: id, day })
const lessonsOf = async (id: number) =>
  (await ports().store.deliveries.ofEnrolment(id)).filter(({ day }) => day !== null)
const rowOf = async (id: number, day: number) => (await lessonsOf(id)).find((row) => row.day === day) as Delivery
const complete = (id: number, day: number) => ports().store.progress.complete(id, day, 'full', parts.clock.now())
const press = async (id: number, day: number) =>
  openNextLesson(ports(), await findForViewer(ports(), tokenOf(id, day), null))
const pageOf = async (id: number, day: number) =>
  (await viewPage(ports(), await findForViewer(ports(), tokenOf(id, day), null))).page
const mails = () => parts.mail.accepted.length

/** Confirmed then, with the first lesson sent and completed, for lessons at 07:00. */
async function enrolled(start = '2026-03-02T09:00:00Z', timeZone = 'UTC') {
  parts.clock.set(start)
  learners += 1
  const address = `learner-${learners}@example.test`
  const { enrolment, deliveries } = await enrolForTest(ports().store, { now: parts.clock.now(), days: 3, address })
  await ports().store.enrolments.setPreferences(enrolment.id, { timeZone, hour: 7 })
  for (const row of deliveries)
    await ports().store.deliveries.postpone(row.id, ports().calendar.dueAt({ ...enrolment, timeZone }, row.day ?? 0))
  expect(await deliver(ports(), deliveries[0]?.id ?? 0)).toEqual({ kind: 'sent' })
  await complete(enrolment.id, 1)
  return enrolment.id
}

test('at a faster pace, the lesson after one that was opened early comes earlier too', async () => {
  const id = await enrolled()
  await changeSettings(ports(), tokenOf(id, 1), null, { pace: 'weekly' })
  await press(id, 1)
  expect((await rowOf(id, 3)).dueAt).toBe(Date.parse('2026-03-16T07:00:00Z'))
  await changeSettings(ports(), tokenOf(id, 1), null, { pace: 'daily' })
  // Tomorrow's time was taken by the lesson that was opened today.
  expect((await rowOf(id, 3)).dueAt).toBe(Date.parse('2026-03-04T07:00:00Z'))
  parts.clock.set('2026-03-04T07:00:00Z')
  expect(await deliver(ports(), (await rowOf(id, 3)).id)).toEqual({ kind: 'sent' })
})

describe('the next lesson now', () => {
  test('opens the page at once, sends nothing, and takes tomorrow’s time', async () => {
    const id = await enrolled()
    const [before, second] = [mails(), await rowOf(id, 2)]
    expect(await press(id, 1)).toBe(tokenOf(id, 2))
    expect(await pageOf(id, 2)).toBe('lesson')
    parts.clock.set('2026-03-03T07:00:00Z')
    expect(await deliver(ports(), second.id)).toEqual({ kind: 'settled' })
    expect((await rowOf(id, 3)).dueAt).toBe(Date.parse('2026-03-04T07:00:00Z'))
    // Nothing else comes on that day, even if it were due.
    await ports().store.deliveries.postpone((await rowOf(id, 3)).id, parts.clock.now())
    expect(await deliver(ports(), (await rowOf(id, 3)).id)).toEqual({
      kind: 'early',
      until: Date.parse('2026-03-04T07:00:00Z'),
    })
    expect(mails()).toBe(before)
  })

  test('is there once a local day, whatever is clicked how often', async () => {
    const id = await enrolled()
    expect(await Promise.all([press(id, 1), press(id, 1)])).toEqual([tokenOf(id, 2), tokenOf(id, 2)])
    await complete(id, 2)
    await expect(press(id, 2)).rejects.toMatchObject({ code: 'not-yet', phrase: { key: 'next-now.not-now' } })
    parts.clock.set('2026-03-03T00:00:00Z')
    expect(await press(id, 2)).toBe(tokenOf(id, 3))
  })

  test('is there again after midnight, across the date that a zone skips', async () => {
    // 23:59 on December 29 in Apia; the next date there is December 31.
    const id = await enrolled('2011-12-30T09:59:00Z', 'Pacific/Apia')
    expect(await press(id, 1)).toBe(tokenOf(id, 2))
    expect((await rowOf(id, 2)).firstHandoverAt).toBe(Date.parse('2011-12-30T17:00:00Z'))
    await complete(id, 2)
    await expect(press(id, 2)).rejects.toMatchObject({ code: 'not-yet' })
    parts.clock.advance(60_000)
    expect(await press(id, 2)).toBe(tokenOf(id, 3))
  })

  test('or the email, when a worker takes it at the same moment: one of them, and the page opens', async () => {
    for (const pressFirst of [true, false]) {
      const id = await enrolled()
      parts.clock.set('2026-03-03T07:00:00Z')
      const before = mails()
      const second = await rowOf(id, 2)
      const [first, other] = [() => press(id, 1), () => deliver(ports(), second.id)]
      await Promise.all(pressFirst ? [first(), other()] : [other(), first()])
      const isSent = (await rowOf(id, 2)).reply !== 'opened on the page: no mail'
      expect(mails() - before).toBe(isSent ? 1 : 0)
      expect(await pageOf(id, 2)).toBe('lesson')
      expect(await press(id, 1)).toBe(tokenOf(id, 2))
    }
  })

  test('is not there before the day is completed, during a pause, and after a stop', async () => {
    const open = await enrolled()
    expect(await press(open, 1)).toBe(tokenOf(open, 2))
    parts.clock.set('2026-03-03T09:00:00Z')
    await expect(press(open, 2)).rejects.toMatchObject({ code: 'not-yet' })
    const paused = await enrolled()
    await pauseInSettings(ports(), tokenOf(paused, 1), '2026-03-20')
    await expect(press(paused, 1)).rejects.toMatchObject({ code: 'not-yet' })
    const stopped = await enrolled()
    await stop(ports(), LINKS.stop.make(ports().keys, { enrolmentId: stopped }))
    await expect(press(stopped, 1)).rejects.toMatchObject({ code: 'not-yet' })
    expect(await pageOf(stopped, 2)).toBe('closed')
  })

  test('of the last day is the closing page, which ends the course', async () => {
    const id = await enrolled()
    for (const day of [1, 2, 3]) {
      parts.clock.set(`2026-03-0${day + 1}T12:00:00Z`)
      await complete(id, day)
      expect(await press(id, day)).toBe(tokenOf(id, day + 1))
    }
    expect(await pageOf(id, 4)).toBe('closing')
    expect((await ports().store.enrolments.byId(id))?.state).toBe('finished')
  })
})
