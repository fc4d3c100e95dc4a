import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createLocalCalendar } from '../../../src/core/delivery/local-calendar.ts'
import { localDateAfter } from '../../../src/core/delivery/local-date.ts'
import type { Delivery, Enrolment } from '../../../src/core/model.ts'
import { PACES, type Pace } from '../../../src/core/pace.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { changeSettings } from '../../../src/flow/enrolment/change-settings.ts'
import { endPauseInSettings, pauseInSettings } from '../../../src/flow/enrolment/pause-in-settings.ts'
import { restart } from '../../../src/flow/enrolment/restart.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import type { Ports, SmtpResult } from '../../../src/flow/ports/ports.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'
import { PREFERENCES } from '../../support/test-store.ts'

const HOUR_MS = 3_600_000
const COURSE = 'steady-week'
const calendar = createLocalCalendar()

interface Settings {
  readonly timeZone: string
  readonly hour: number
  readonly pace: Pace
}

type Step =
  | { readonly kind: 'change'; readonly afterMs: number; readonly settings: Settings }
  | { readonly kind: 'stop' | 'restart' | 'go-on'; readonly afterMs: number }
  | { readonly kind: 'pause'; readonly afterMs: number; readonly days: number }

interface Sent {
  readonly day: number
  readonly at: number
  /** In force when it was sent. */
  readonly settings: Settings
  /** Changes of the settings since the lesson before. */
  readonly changes: number
  /** Pauses and stops since then, and their ends. */
  readonly rests: number
}

/** Zones with a skipped date, a gap at midnight and one that reaches midnight, and all others. */
const ODD_ZONES = ['Pacific/Apia', 'America/Santiago', 'America/Nuuk', 'Africa/Cairo']
const timeZone = fc.oneof(fc.constantFrom(...Intl.supportedValuesOf('timeZone')), fc.constantFrom(...ODD_ZONES))
const hour = fc.integer({ min: 0, max: 23 })
const settings = fc.record({ timeZone, hour, pace: fc.constant<Pace>('daily') })
const anyPace = fc.record({ timeZone, hour, pace: fc.constantFrom(...PACES) })
const start = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2030-12-31T00:00:00Z'),
  noInvalidDate: true,
})
const afterMs = fc.oneof(
  fc.integer({ min: 0, max: 12 * 24 * HOUR_MS }),
  // On the very minute of a lesson or next to it.
  fc.integer({ min: 0, max: 12 * 24 }).map((hours) => hours * HOUR_MS),
)
const change = fc.record({ kind: fc.constant('change' as const), afterMs, settings })
const paceChange = fc.record({ kind: fc.constant('change' as const), afterMs, settings: anyPace })
const rest = fc.oneof(
  fc.record({ kind: fc.constant('pause' as const), afterMs, days: fc.integer({ min: 1, max: 90 }) }),
  fc.record({ kind: fc.constantFrom('go-on' as const, 'stop' as const, 'restart' as const), afterMs }),
)
const halt = fc.record({ kind: fc.constantFrom('stop' as const, 'restart' as const), afterMs })

let parts: TestApp
let nextReply: () => SmtpResult

beforeAll(async () => {
  const accepted: SmtpResult = { kind: 'accepted', reply: '250 taken' }
  nextReply = () => accepted
  parts = await createTestApp({
    overrides: {
      // SMTP adds nothing to the arithmetic of days; the mark before the last byte is what counts.
      mailer: {
        send: async (_message, confirmHandover) => ((await confirmHandover()) ? nextReply() : { kind: 'withdrawn' }),
        close: async () => {},
      },
      random: () => 0.5,
    },
  })
})

afterAll(() => parts?.close())

describe('whatever a learner does to hour and zone in mid-course', () => {
  test('every lesson comes, in order, at the learner’s hour, one a local day', async () => {
    await fc.assert(
      fc.asyncProperty(settings, start, fc.array(change, { maxLength: 4 }), async (first, begin, changes) => {
        const sent = await play(first, begin.getTime(), changes, [])
        expectWholeAndInOrder(sent)
        for (const [index, lesson] of sent.entries()) {
          if (index === 0) continue
          const before = sent[index - 1] as Sent
          const today = calendar.localDayWindow(schedule(lesson), lesson.at)
          expect(before.at).toBeLessThan(today.start)
          expect(lesson.at).toBe(calendar.nextSendTime(schedule(lesson), today.start - 1))
          expect(localDaysBetween(before.at, lesson)).toBeLessThanOrEqual(1 + lesson.changes)
        }
      }),
      { numRuns: 40 },
    )
  }, 180_000)

  test('late workers, refusals, stopping and starting again bring no second lesson on a day and lose none', async () => {
    const lag = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 * HOUR_MS }))
    // Not both at once: a lesson that is refused for longer than a day expires, which is as it should be.
    const trouble = fc.oneof(
      fc.record({ lags: fc.array(lag, { maxLength: 8 }), refusals: fc.constant([]) }),
      fc.record({ lags: fc.constant([]), refusals: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 7 }) }),
    )
    await fc.assert(
      fc.asyncProperty(
        settings,
        start,
        fc.array(fc.oneof(change, halt), { maxLength: 5 }),
        trouble,
        async (first, begin, steps, { lags, refusals }) => {
          const turns = refusals.flatMap((times) => [...Array.from({ length: times }, () => true), false])
          nextReply = () =>
            turns.shift()
              ? { kind: 'refused', stage: 'after-dot', code: 451, reply: '451 4.7.1 later, please' }
              : { kind: 'accepted', reply: '250 taken' }
          const sent = await play(first, begin.getTime(), steps, lags)
          expectWholeAndInOrder(sent)
          for (const [index, lesson] of sent.entries()) {
            const today = calendar.localDayWindow(schedule(lesson), lesson.at)
            for (const earlier of sent.slice(0, index)) expect(earlier.at).toBeLessThan(today.start)
          }
        },
      ),
      { numRuns: 40 },
    )
  }, 180_000)
})

describe('at whatever pace, changed in mid-course, with pauses', () => {
  test('every lesson comes, in order, at most one a local day, at the learner’s hour and as far apart as the pace says', async () => {
    // Around the date that Apia skipped, and any other time.
    const around = fc.oneof(
      start,
      fc
        .integer({ min: -20, max: 2 })
        .map((days) => new Date(Date.parse('2011-12-30T12:00:00Z') + days * 24 * HOUR_MS)),
    )
    await fc.assert(
      fc.asyncProperty(
        anyPace,
        around,
        fc.array(fc.oneof(paceChange, rest), { maxLength: 5 }),
        async (first, begin, steps) => {
          const sent = await play(first, begin.getTime(), steps, [])
          expectWholeAndInOrder(sent)
          for (const [index, lesson] of sent.entries()) {
            if (index === 0) continue
            const before = sent[index - 1] as Sent
            const today = calendar.localDayWindow(schedule(lesson), lesson.at)
            expect(before.at).toBeLessThan(today.start)
            expect(lesson.at).toBe(calendar.firstSendTime(schedule(lesson), today.start))
            // A change of zone or hour moves the day before, too.
            if (lesson.changes === 0)
              expect(lesson.at).toBeGreaterThanOrEqual(calendar.nextSendTime(schedule(lesson), before.at))
            if (lesson.changes === 0 && lesson.rests === 0)
              expect(lesson.at).toBe(calendar.nextSendTime(schedule(lesson), before.at))
          }
        },
      ),
      { numRuns: 25 },
    )
  }, 180_000)
})

/** Plays a course from confirmation to its last lesson; the clock goes from one due time or step to the next. */
async function play(first: Settings, begin: number, steps: readonly Step[], lags: readonly number[]): Promise<Sent[]> {
  const { ports } = parts.app
  const { store } = ports
  parts.clock.set(begin)
  const enrolment = await enrol(ports, first, begin)
  const waiting = steps.toSorted((one, other) => one.afterMs - other.afterMs)
  const late = [...lags]
  const sent: Sent[] = []
  let current = first
  let changes = 0
  let rests = 0
  let stopped = false
  for (let turn = 0; ; turn += 1) {
    if (turn > 400) throw new Error(`the course does not come to its end: ${JSON.stringify(sent)}`)
    const rows = await lessonsOf(ports, enrolment)
    const next = rows.filter((row) => row.state === 'planned' || row.state === 'deferred').toSorted(byDue)[0]
    const step = waiting[0]
    const now = parts.clock.now()
    if (step && (!next || begin + step.afterMs < next.dueAt)) {
      waiting.shift()
      parts.clock.set(Math.max(now, begin + step.afterMs))
      if (step.kind === 'change') {
        await changeSettings(ports, linkOf(ports, enrolment), null, step.settings)
        current = step.settings
        changes += 1
      } else if (step.kind === 'pause') {
        rests += 1
        const date = localDateAfter(current.timeZone, parts.clock.now(), step.days)
        // Of a course that was stopped there is nothing to pause.
        await pauseInSettings(ports, linkOf(ports, enrolment), date).catch((error: unknown) =>
          expect(error).toMatchObject({ code: 'bad-input', fields: { until: { key: 'pause.not-running' } } }),
        )
      } else if (step.kind === 'go-on') {
        rests += 1
        await endPauseInSettings(ports, linkOf(ports, enrolment))
      } else {
        rests += 1
        await (step.kind === 'stop' ? stop : restart)(ports, LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id }))
      }
      continue
    }
    if (!next) {
      stopped = (await store.enrolments.byId(enrolment.id))?.state === 'stopped'
      if (!stopped) return sent
      await restart(ports, LINKS.stop.make(ports.keys, { enrolmentId: enrolment.id }))
      continue
    }
    parts.clock.set(Math.max(now, next.dueAt) + (late.shift() ?? 0))
    for (const id of await store.deliveries.due(parts.clock.now(), 1_000)) {
      const before = await store.deliveries.byId(id)
      if (before?.enrolmentId !== enrolment.id || before.kind !== 'lesson') continue
      if ((await deliver(ports, id)).kind !== 'sent') continue
      sent.push({ day: before.day ?? 0, at: parts.clock.now(), settings: current, changes, rests })
      changes = 0
      rests = 0
    }
  }
}

async function enrol(ports: Ports, { timeZone, hour, pace }: Settings, now: number): Promise<Enrolment> {
  const address = `learner-${now}-${Math.round(performance.now() * 1000)}@example.test`
  const learner = await ports.store.learners.ensure({ address, addressKey: address, now })
  const enrolment = await ports.store.enrolments.add({
    ...PREFERENCES,
    timeZone,
    hour,
    pace,
    learnerId: learner.id,
    course: COURSE,
    days: null,
    now,
  })
  const course = ports.courses.get(COURSE)
  await ports.store.deliveries.plan(
    (course?.lessons ?? []).map(({ day }) => ({
      learnerId: learner.id,
      kind: 'lesson',
      enrolmentId: enrolment.id,
      signUpId: null,
      day,
      dueAt: ports.calendar.dueAt(enrolment, day),
    })),
    now,
  )
  return enrolment
}

function linkOf(ports: Ports, { id }: Enrolment): string {
  return LINKS.lesson.make(ports.keys, { enrolmentId: id, day: 1 })
}

async function lessonsOf(ports: Ports, enrolment: Enrolment): Promise<readonly Delivery[]> {
  return (await ports.store.deliveries.ofEnrolment(enrolment.id)).filter((row) => row.kind === 'lesson')
}

function byDue(one: Delivery, other: Delivery): number {
  return one.dueAt - other.dueAt || one.id - other.id
}

function expectWholeAndInOrder(sent: readonly Sent[]): void {
  expect(sent.map((lesson) => lesson.day)).toEqual([1, 2, 3, 4, 5, 6, 7])
}

function schedule({ settings, at }: Sent) {
  return { ...settings, confirmedAt: at }
}

/** How many of the later lesson's local days lie between the two, counted day by day. */
function localDaysBetween(earlier: number, lesson: Sent): number {
  let count = 0
  let { start } = calendar.localDayWindow(schedule(lesson), lesson.at)
  while (start > earlier) {
    count += 1
    start = calendar.localDayWindow(schedule(lesson), start - 1).start
  }
  return count
}
