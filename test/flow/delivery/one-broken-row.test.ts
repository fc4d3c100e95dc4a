import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Schedule } from '../../../src/core/delivery/calendar.ts'
import { UNCONFIRMED_SIGN_UP_MS } from '../../../src/core/retention.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { sweep } from '../../../src/flow/delivery/sweep.ts'
import type { Ports } from '../../../src/flow/ports/ports.ts'
import { runUpkeep } from '../../../src/flow/upkeep/run-upkeep.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest, PREFERENCES } from '../../support/test-store.ts'

const HOUR_MS = 3_600_000
const never = new AbortController().signal
let parts: TestApp

beforeEach(async () => {
  parts = await createTestApp({
    start: '2026-03-02T09:00:00Z',
    env: { COURSE: 'three-days' },
    overrides: { lessonsDir: FIXTURE_COURSES },
  })
})

afterEach(() => parts.close())

const rows = (sql: string) => queryRows(parts.dataDir, sql)
const change = (sql: string) => changeDatabase(parts.dataDir, sql)
const enrol = (address: string) => enrolForTest(parts.app.ports.store, { address, now: parts.clock.now(), days: 1 })
/** A calendar that fails for one zone. */
function portsWithoutZone(): Ports {
  const { ports } = parts.app
  const failing =
    <T>(work: (who: Schedule, at: number) => T) =>
    (who: Schedule, at: number): T => {
      if (who.timeZone === 'Nowhere/Gone') throw new RangeError('There is no such zone.')
      return work(who, at)
    }
  const { calendar } = ports
  return {
    ...ports,
    calendar: {
      ...calendar,
      localDayWindow: failing(calendar.localDayWindow),
      nextSendTime: failing(calendar.nextSendTime),
    },
  }
}

const logged = () => {
  const facts: unknown[] = []
  for (const level of ['warn', 'error'] as const)
    jest.spyOn(parts.app.log, level).mockImplementation((...given: unknown[]) => void facts.push(given))
  return () => JSON.stringify(facts)
}

describe('a sweep', () => {
  test.each([
    [
      'a place in time that cannot be worked out',
      (id: number) => `update enrolment set time_zone = 'Nowhere/Gone' where id = ${id}`,
    ],
    ['a row that cannot be read', (id: number) => `update delivery set variant = '{broken' where enrolment_id = ${id}`],
  ])(
    'delivers to everybody else where one learner has %s, and leaves that one alone for an hour',
    async (_what, damage) => {
      const ids: number[] = []
      for (const name of ['ada', 'bea', 'cleo']) ids.push((await enrol(`${name}@example.test`)).enrolment.id)
      // The last of them is tried first.
      change(damage(ids[2] as number))
      const log = logged()
      const ports = portsWithoutZone()
      expect(await sweep(ports, { concurrency: 1 })).toMatchObject({ delivered: 2 })
      expect(await sweep(ports, { concurrency: 1 })).toMatchObject({ delivered: 0 })
      expect(log().match(/could not be attempted/g)).toHaveLength(1)
      expect(log()).not.toContain('broken')
      change("update enrolment set time_zone = 'UTC'")
      change('update delivery set variant = null')
      parts.clock.advance(HOUR_MS)
      expect(await sweep(ports, { concurrency: 1 })).toMatchObject({ delivered: 1 })
    },
  )

  test('goes on where what follows a last lesson cannot be planned', async () => {
    const { enrolment, deliveries } = await enrol('ada@example.test')
    const { deliveries: others } = await enrol('bea@example.test')
    const ports = portsWithoutZone()
    // What a worker leaves behind that ended after the dot of the third day, which is the last.
    change(
      `update delivery set state = 'leased', lease_until = 1, dot_at = 1, first_dot_at = 1, day = 3 where id = ${deliveries[0]?.id}`,
    )
    change(`update enrolment set time_zone = 'Nowhere/Gone' where id = ${enrolment.id}`)
    expect(await sweep(ports, { concurrency: 1 })).toEqual({ delivered: 1, unconfirmed: 1 })
    expect(rows(`select state from delivery where id in (${deliveries[0]?.id}, ${others[0]?.id}) order by id`)).toEqual(
      [{ state: 'unconfirmed' }, { state: 'sent' }],
    )
  })

  test('ends where the database fails', async () => {
    await enrol('ada@example.test')
    jest.spyOn(parts.app.ports.store.deliveries, 'details').mockRejectedValueOnce(new Error('the disk is on fire'))
    await expect(sweep(parts.app.ports, { concurrency: 1 })).rejects.toThrow('on fire')
  })
})

describe('upkeep', () => {
  test('encrypts every other row and deletes what is old where one row cannot be read', async () => {
    const { ports } = parts.app
    const learner = await ports.store.learners.ensure({ address: 'old@example.test', addressKey: 'old', now: 1 })
    await ports.store.signUps.add({
      learnerId: learner.id,
      course: 'three-days',
      preferences: PREFERENCES,
      wording: '',
      nonce: 'n',
      tokenHash: 't',
      now: parts.clock.now() - UNCONFIRMED_SIGN_UP_MS - 1,
    })
    const broken = await enrol('ada@example.test')
    const { enrolment, deliveries } = await enrol('bea@example.test')
    await deliver(ports, deliveries[0]?.id as number)
    change("update enrolment set track = 'zebra', overlays = '[\"heron\"]'")
    change(`update enrolment set overlays = '[broken' where id = ${broken.enrolment.id}`)
    change(
      `update delivery set variant = '{"track":"zebra","overlays":[]}', sealed_variant = null where id = ${deliveries[0]?.id}`,
    )
    change(`update delivery set variant = '{broken', first_dot_at = 1 where id = ${broken.deliveries[0]?.id}`)
    const log = logged()
    await runUpkeep(ports, never)
    expect(rows("select id from learner where address = 'old@example.test'")).toEqual([])
    expect(rows(`select track, overlays from enrolment where id = ${enrolment.id}`)).toEqual([
      { track: null, overlays: '[]' },
    ])
    expect(rows(`select variant from delivery where id = ${deliveries[0]?.id}`)).toEqual([{ variant: null }])
    expect(log()).toContain('some rows could not be encrypted')
    expect(log()).not.toContain('broken')
  })

  test('does the rest where one task fails, and says so at the end', async () => {
    const { ports } = parts.app
    const learner = await ports.store.learners.ensure({ address: 'old@example.test', addressKey: 'old', now: 1 })
    await ports.store.signUps.add({
      learnerId: learner.id,
      course: 'three-days',
      preferences: PREFERENCES,
      wording: '',
      nonce: 'n',
      tokenHash: 't',
      now: 1,
    })
    jest.spyOn(ports.store.mailEvents, 'forget').mockRejectedValue(new Error('broken by the test'))
    await expect(runUpkeep(ports, never)).rejects.toThrow('broken by the test')
    expect(rows('select id from learner')).toEqual([])
  })
})
