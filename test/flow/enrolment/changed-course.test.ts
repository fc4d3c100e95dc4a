import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { changeSettings } from '../../../src/flow/enrolment/change-settings.ts'
import { checkInDay } from '../../../src/flow/enrolment/check-ins.ts'
import { pauseInSettings } from '../../../src/flow/enrolment/pause-in-settings.ts'
import { restart } from '../../../src/flow/enrolment/restart.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import { viewWeek } from '../../../src/flow/enrolment/view-week.ts'
import { findForViewer } from '../../../src/flow/enrolment/viewer.ts'
import { viewPage } from '../../../src/flow/exercise/view-lesson.ts'
import { findEnrolment } from '../../../src/flow/find-by-link.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

const DAY = 86_400_000
let parts: TestApp
let learners = 0

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports
const rowsOf = (id: number) => ports().store.deliveries.ofEnrolment(id)
const stopToken = (id: number) => LINKS.stop.make(ports().keys, { enrolmentId: id })
const lessonToken = (id: number, day = 1) => LINKS.lesson.make(ports().keys, { enrolmentId: id, day })
const stateOf = async (id: number) => (await ports().store.enrolments.byId(id))?.state

/** Somebody who began when the course, which has three days now, had this many. Nothing was sent yet. */
async function began(days: number) {
  parts.clock.set('2026-03-02T09:00:00Z')
  learners += 1
  const now = parts.clock.now()
  const address = `learner-${learners}@example.test`
  const { enrolment } = await enrolForTest(ports().store, { now, days, began: days, address })
  await ports().store.enrolments.setPreferences(enrolment.id, { timeZone: 'UTC', hour: 7 })
  return enrolment.id
}

/** Sends everything that is due, day by day, until nothing but check-ins is left. Returns what was sent, in order. */
async function live(id: number): Promise<string[]> {
  const sent: string[] = []
  for (let day = 0; day < 200; day += 1) {
    for (const row of await rowsOf(id)) {
      if (row.kind === 'check-in') continue
      if ((await deliver(ports(), row.id)).kind === 'sent') sent.push(`${row.kind} ${row.day}`)
    }
    if (!(await rowsOf(id)).some((row) => row.kind !== 'check-in' && row.settledAt === null)) break
    parts.clock.advance(DAY)
  }
  return sent
}

describe('a learner whose course', () => {
  test('got shorter has the lessons that are left, and then the closing email', async () => {
    const id = await began(5)
    expect(await live(id)).toEqual(['lesson 1', 'lesson 2', 'lesson 3', 'closing 6'])
    expect(await stateOf(id)).toBe('finished')
    // Were there check-ins, they would come after the closing email of this learner.
    const { course } = await findEnrolment(ports(), id)
    expect([checkInDay(course, 1), course.lessons.length]).toEqual([7, 3])
  })

  test('got longer has the days that it began with, and no other', async () => {
    const id = await began(2)
    expect(await live(id)).toEqual(['lesson 1', 'lesson 2', 'closing 3'])
    expect(await stateOf(id)).toBe('finished')
    const { enrolment, course } = await findEnrolment(ports(), id)
    expect((await viewWeek(ports(), course, enrolment, { links: true })).days).toHaveLength(2)
    expect((await viewPage(ports(), await findForViewer(ports(), lessonToken(id, 3), null))).page).toBe('closing')
  })

  test.each([5, 2])('had %d days goes on to its end after a stop, a pause and another hour', async (days) => {
    const id = await began(days)
    await deliver(ports(), (await rowsOf(id))[0]?.id ?? 0)
    await stop(ports(), stopToken(id))
    parts.clock.advance(3 * DAY)
    await restart(ports(), stopToken(id))
    await pauseInSettings(ports(), lessonToken(id), '2026-03-20')
    await changeSettings(ports(), lessonToken(id), null, { hour: 12 })
    const rest = (await live(id)).filter((sent) => !sent.startsWith('pause-ending'))
    expect(rest.at(-1)).toBe(`closing ${days + 1}`)
    expect(rest).toHaveLength(Math.min(days, 3))
    expect(await stateOf(id)).toBe('finished')
  })
})
