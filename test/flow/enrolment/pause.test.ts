import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { recordResult } from '../../../src/flow/delivery/record-result.ts'
import { changeSettings } from '../../../src/flow/enrolment/change-settings.ts'
import { endPauseInSettings, pauseInSettings } from '../../../src/flow/enrolment/pause-in-settings.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const START = Date.parse('2026-03-02T09:00:00Z')
let parts: TestApp
let learners = 0

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports
const tokenOf = (id: number) => LINKS.lesson.make(ports().keys, { enrolmentId: id, day: 1 })

/** Confirmed at 09:00 UTC on Monday, March 2, for lessons at 07:00 UTC; the first has come. */
async function enrolled() {
  parts.clock.set('2026-03-02T09:00:00Z')
  learners += 1
  const { enrolment, deliveries } = await enrolForTest(ports().store, {
    now: START,
    days: 3,
    address: `learner-${learners}@example.test`,
  })
  await ports().store.enrolments.setPreferences(enrolment.id, { timeZone: 'UTC', hour: 7 })
  for (const row of deliveries)
    await ports().store.deliveries.postpone(
      row.id,
      ports().calendar.dueAt({ ...enrolment, timeZone: 'UTC' }, row.day ?? 0),
    )
  expect(await deliver(ports(), deliveries[0]?.id ?? 0)).toEqual({ kind: 'sent' })
  return enrolment.id
}

const rowsOf = (id: number) => ports().store.deliveries.ofEnrolment(id)
const lessonsOf = async (id: number) => (await rowsOf(id)).filter(({ day }) => day !== null)
const noticesOf = async (id: number) =>
  (await rowsOf(id)).filter(({ kind, state }) => kind === 'pause-ending' && state === 'planned')
const dueAt = (rows: readonly Delivery[]) => rows.map((row) => new Date(row.dueAt).toISOString().slice(0, 16))
const stateOf = async (id: number) => (await ports().store.enrolments.byId(id))?.state

describe('a pause', () => {
  test('moves the lessons behind its day, one a day, and the notice to the day before', async () => {
    const id = await enrolled()
    await pauseInSettings(ports(), tokenOf(id), '2026-03-20')
    expect(dueAt((await lessonsOf(id)).slice(1))).toEqual(['2026-03-20T07:00', '2026-03-21T07:00'])
    expect(dueAt(await noticesOf(id))).toEqual(['2026-03-19T07:00'])

    parts.clock.set('2026-03-19T07:00:00Z')
    expect(await deliver(ports(), (await noticesOf(id))[0]?.id ?? 0)).toEqual({ kind: 'sent' })
    parts.clock.set('2026-03-20T07:00:00Z')
    const second = (await lessonsOf(id))[1] as Delivery
    // The first attempt ends the pause.
    expect(await deliver(ports(), second.id)).toEqual({ kind: 'early', until: parts.clock.now() })
    expect(await stateOf(id)).toBe('active')
    expect(await deliver(ports(), second.id)).toEqual({ kind: 'sent' })
  })

  test('is not begun by a date that cannot be chosen in the learner’s zone', async () => {
    const id = await enrolled()
    await changeSettings(ports(), tokenOf(id), null, { timeZone: 'Pacific/Kiritimati' })
    parts.clock.set('2026-03-02T11:00:00Z')
    const refused = { code: 'bad-input', fields: { until: { key: 'pause.bad-date', values: { days: 90 } } } }
    // It is March 3 there already.
    for (const date of ['2026-03-03', '2026-03-02', '2026-06-02', '2026-02-30', '', 'soon', '2026-3-9', '99999-01-01'])
      await expect(pauseInSettings(ports(), tokenOf(id), date)).rejects.toMatchObject(refused)
    expect(await stateOf(id)).toBe('active')
    await pauseInSettings(ports(), tokenOf(id), '2026-06-01')
    expect(await stateOf(id)).toBe('paused')
  })

  test('that ends tomorrow has no notice, because the page has just said so', async () => {
    const id = await enrolled()
    await pauseInSettings(ports(), tokenOf(id), '2026-03-03')
    expect(await noticesOf(id)).toEqual([])
  })

  test('chosen in two tabs has the day chosen last, and one notice', async () => {
    const id = await enrolled()
    await Promise.all(['2026-03-10', '2026-03-20'].map((date) => pauseInSettings(ports(), tokenOf(id), date)))
    const { pause } = (await ports().store.enrolments.byId(id)) ?? {}
    const [next] = (await lessonsOf(id)).slice(1)
    expect(pause?.since).toBe(START)
    expect(next?.dueAt).toBe((pause?.until ?? 0) + 7 * HOUR)
    expect((await noticesOf(id)).map((row) => row.dueAt)).toEqual([(next?.dueAt ?? 0) - DAY])
  })

  test('ended earlier, brings the next lesson at the next hour and no notice', async () => {
    const id = await enrolled()
    await pauseInSettings(ports(), tokenOf(id), '2026-03-20')
    parts.clock.set('2026-03-05T12:00:00Z')
    await endPauseInSettings(ports(), tokenOf(id))
    await endPauseInSettings(ports(), tokenOf(id))
    expect(await stateOf(id)).toBe('active')
    expect(dueAt((await lessonsOf(id)).slice(1))).toEqual(['2026-03-06T07:00', '2026-03-07T07:00'])
    expect(await noticesOf(id)).toEqual([])
  })

  test('keeps its day when hour and pace change, and the lessons take the new ones', async () => {
    const id = await enrolled()
    await pauseInSettings(ports(), tokenOf(id), '2026-03-20')
    await changeSettings(ports(), tokenOf(id), null, { hour: 19, pace: 'weekly' })
    expect(dueAt((await lessonsOf(id)).slice(1))).toEqual(['2026-03-20T19:00', '2026-03-27T19:00'])
    expect(dueAt(await noticesOf(id))).toEqual(['2026-03-19T19:00'])
  })

  test('and a stop at the same time end in a stop, with nothing left to send', async () => {
    for (const stopFirst of [true, false]) {
      const id = await enrolled()
      const halt = () => stop(ports(), LINKS.stop.make(ports().keys, { enrolmentId: id }))
      const rest = () =>
        pauseInSettings(ports(), tokenOf(id), '2026-03-20').catch((error: unknown) =>
          expect(error).toMatchObject({ fields: { until: { key: 'pause.not-running' } } }),
        )
      await Promise.all(stopFirst ? [halt(), rest()] : [rest(), halt()])
      expect(await ports().store.enrolments.byId(id)).toMatchObject({ state: 'stopped', pause: null })
      expect((await rowsOf(id)).map(({ state }) => state).toSorted()).toEqual(
        expect.not.arrayContaining(['planned', 'deferred', 'leased']),
      )
    }
  })
})

describe('a lesson that is being sent when its course is paused', () => {
  const claim = (row: Delivery) =>
    ports().store.deliveries.claim(row.id, {
      now: parts.clock.now(),
      leaseUntil: parts.clock.now() + 120_000,
      owner: 'test',
      messageId: `${row.id}@test`,
      day: null,
    })

  test('is not handed over, keeps its turn, and has as long left to be tried as before', async () => {
    const id = await enrolled()
    const second = (await lessonsOf(id))[1] as Delivery
    parts.clock.set('2026-03-03T07:00:00Z')
    const taken = (await claim(second)) as Delivery
    await pauseInSettings(ports(), tokenOf(id), '2026-03-20')
    expect(await ports().store.deliveries.markHandedOver(taken.id, taken.fence, parts.clock.now())).toBe(false)
    expect((await recordResult(ports(), taken, { kind: 'withdrawn' }, 'open')).kind).toBe('deferred')

    parts.clock.advance(60_000)
    expect(await deliver(ports(), second.id)).toEqual({ kind: 'early', until: Date.parse('2026-03-20T07:00:00Z') })
    expect((await lessonsOf(id))[1]?.state).toBe('deferred')
    parts.clock.set('2026-03-20T07:00:00Z')
    await deliver(ports(), second.id)
    // Its 24 hours began at 07:00 on March 3 and stood still from then to the start of March 20.
    expect((await lessonsOf(id))[1]?.firstAttemptAt).toBe(Date.parse('2026-03-20T00:00:00Z'))
    expect(await deliver(ports(), second.id)).toEqual({ kind: 'sent' })
    // The third was planned for the day after, and does not come on the same one.
    expect(dueAt((await lessonsOf(id)).slice(2))).toEqual(['2026-03-21T07:00'])
  })

  test('and whose details were read before is not cancelled', async () => {
    const id = await enrolled()
    const second = (await lessonsOf(id))[1] as Delivery
    parts.clock.set('2026-03-03T07:00:00Z')
    const { store } = ports()
    // The pause begins between reading the row and claiming it.
    const late = {
      ...ports(),
      store: {
        ...store,
        deliveries: {
          ...store.deliveries,
          async claim(...request: Parameters<typeof store.deliveries.claim>) {
            await pauseInSettings(ports(), tokenOf(id), '2026-03-20')
            await store.deliveries.postpone(second.id, parts.clock.now())
            return store.deliveries.claim(...request)
          },
        },
      },
    }
    expect((await deliver(late, second.id)).kind).toBe('early')
    expect((await lessonsOf(id))[1]).toMatchObject({
      state: 'planned',
      dueAt: Date.parse('2026-03-20T07:00:00Z'),
    })
  })

  test('waits with its second copy until the pause is over', async () => {
    const id = await enrolled()
    const second = (await lessonsOf(id))[1] as Delivery
    parts.clock.set('2026-03-03T07:00:00Z')
    const taken = (await claim(second)) as Delivery
    await ports().store.deliveries.markHandedOver(taken.id, taken.fence, parts.clock.now())
    await recordResult(ports(), taken, { kind: 'lost', stage: 'after-dot', reason: 'reset' }, 'open')
    await pauseInSettings(ports(), tokenOf(id), '2026-03-20')
    expect((await lessonsOf(id))[1]).toMatchObject({
      state: 'unconfirmed',
      dueAt: Date.parse('2026-03-20T07:00:00Z'),
    })
  })
})
