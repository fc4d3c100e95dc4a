import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { NO_STARTING_POINT, packStartingPoint } from '../../../src/core/assessment/starting-point.ts'
import type { Variant } from '../../../src/core/model.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { sealVariant, sentVariant } from '../../../src/flow/delivery/sent-variant.ts'
import { changeSettings, viewSettings } from '../../../src/flow/enrolment/change-settings.ts'
import {
  keepStartingPoint,
  openTicket,
  sealTicket,
  startingPointOfEnrolment,
} from '../../../src/flow/enrolment/starting-point.ts'
import type { Ports, Sealer } from '../../../src/flow/ports/ports.ts'
import { learnerSealer } from '../../../src/flow/security/learner-sealer.ts'
import { openOwnSession } from '../../../src/flow/security/sessions.ts'
import { sealForms } from '../../../src/flow/upkeep/seal-forms.ts'
import { changeDatabase, queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

const COURSE = 'three-days'
const FORM: Variant = { track: 'zebra', overlays: ['heron'] }
const OTHER: Variant = { track: 'otter', overlays: [] }
const never = new AbortController().signal
let parts: TestApp
let ports: Ports

beforeEach(async () => {
  parts = await createTestApp({ env: { COURSE }, overrides: { lessonsDir: FIXTURE_COURSES } })
  ports = parts.app.ports
})
afterEach(() => parts?.close())

const enrol = (address?: string) =>
  enrolForTest(ports.store, { now: parts.clock.now(), days: 3, ...(address !== undefined && { address }) })

async function sentAs(id: number): Promise<Variant> {
  const row = await ports.store.deliveries.byId(id)
  const enrolment = row && (await ports.store.enrolments.byId(row.enrolmentId ?? 0))
  if (!row || !enrolment) throw new Error('no such delivery')
  const box = learnerSealer(ports, ports.store, row.learnerId)
  return sentVariant(box, row, await startingPointOfEnrolment(ports, ports.store, enrolment, box))
}

describe('a lesson', () => {
  test('costs one opening and one sealing, and a copy costs no further sealing', async () => {
    const { enrolment, deliveries } = await enrol()
    await keepStartingPoint(ports, ports.store, enrolment, { ...NO_STARTING_POINT, variant: FORM })
    const done = { opened: 0, sealed: 0 }
    const { sealer } = ports
    const counting: Sealer = {
      ...sealer,
      open: (...args) => {
        done.opened += 1
        return sealer.open(...args)
      },
      seal: (...args) => {
        done.sealed += 1
        return sealer.seal(...args)
      },
    }
    const id = deliveries[0]?.id as number
    expect(await deliver({ ...ports, sealer: counting }, id)).toEqual({ kind: 'sent' })
    expect(done).toEqual({ opened: 1, sealed: 1 })
    const before = (await ports.store.deliveries.byId(id))?.sealedVariant
    expect(await sentAs(id)).toEqual({ ...FORM, edition: ports.courses.get(COURSE)?.version })

    changeDatabase(parts.dataDir, `update delivery set state = 'unconfirmed', due_at = 0 where id = ${id}`)
    expect(await deliver({ ...ports, sealer: counting }, id)).toEqual({ kind: 'sent' })
    expect(done).toEqual({ opened: 3, sealed: 1 })
    expect((await ports.store.deliveries.byId(id))?.sealedVariant).toEqual(before)
  })

  test('for somebody without emails keeps its form as any other', async () => {
    const { enrolment, deliveries } = await enrol()
    await ports.store.enrolments.setPreferences(enrolment.id, { webOnly: true })
    await keepStartingPoint(ports, ports.store, enrolment, { ...NO_STARTING_POINT, variant: FORM })
    const id = deliveries[0]?.id as number
    await deliver(ports, id)
    await keepStartingPoint(ports, ports.store, enrolment, { ...NO_STARTING_POINT, variant: OTHER })
    expect(await sentAs(id)).toEqual({ ...FORM, edition: ports.courses.get(COURSE)?.version })
  })

  test('has a form that opens for no other delivery', async () => {
    const { learner, enrolment, deliveries } = await enrol()
    const box = learnerSealer(ports, ports.store, learner.id)
    const [one, two] = deliveries
    if (!one || !two) throw new Error('no deliveries')
    const sealed = await sealVariant(box, one.id, FORM, null)
    const start = await startingPointOfEnrolment(ports, ports.store, enrolment, box)
    const sent = { firstHandoverAt: 1, sealedVariant: sealed }
    expect(await sentVariant(box, { ...one, ...sent }, start)).toEqual(FORM)
    await expect(sentVariant(box, { ...two, ...sent }, start)).rejects.toMatchObject({ code: 'misconfigured' })
  })
})

describe('a row of before', () => {
  const inClear = (table: string, id: number) =>
    changeDatabase(parts.dataDir, `update ${table} set track = 'zebra', overlays = '["heron"]' where id = ${id}`)

  test('is read as it is, and a change seals it', async () => {
    const { enrolment } = await enrol()
    inClear('enrolment', enrolment.id)
    const token = LINKS.lesson.make(ports.keys, { enrolmentId: enrolment.id, day: 1 })
    const own = await openOwnSession(ports, ports.store, enrolment.learnerId, null)
    expect((await viewSettings(ports, token, own)).settings).toMatchObject(FORM)
    await changeSettings(ports, token, own, { overlays: [] })
    expect((await viewSettings(ports, token, own)).settings).toMatchObject({ track: 'zebra', overlays: [] })
    expect(queryRows(parts.dataDir, 'select track, overlays from enrolment')).toEqual([{ track: null, overlays: '[]' }])
  })

  test('changed by an older version after it was sealed, is the newer one', async () => {
    const { enrolment } = await enrol()
    await keepStartingPoint(ports, ports.store, enrolment, { ...NO_STARTING_POINT, variant: OTHER, planDay: 2 })
    inClear('enrolment', enrolment.id)
    for (const sealFirst of [false, true]) {
      if (sealFirst) await sealForms(ports, never)
      const start = await startingPointOfEnrolment(ports, ports.store, enrolment)
      expect(start).toEqual({ ...NO_STARTING_POINT, variant: FORM, planDay: 2 })
    }
    expect(queryRows(parts.dataDir, 'select track, overlays from enrolment')).toEqual([{ track: null, overlays: '[]' }])
  })

  test('that does not open is left, and holds up no other', async () => {
    const [broken, whole] = [await enrol('broken@example.test'), await enrol('whole@example.test')]
    for (const { enrolment } of [broken, whole]) {
      await keepStartingPoint(ports, ports.store, enrolment, NO_STARTING_POINT)
      inClear('enrolment', enrolment.id)
    }
    changeDatabase(parts.dataDir, `update learner set data_key = zeroblob(61) where id = ${broken.learner.id}`)
    await sealForms(ports, never)
    expect(queryRows(parts.dataDir, 'select track from enrolment order by id')).toEqual([
      { track: 'zebra' },
      { track: null },
    ])
  })

  test('whose lesson has left keeps the form it left in; one that has not, none', async () => {
    const { enrolment, deliveries } = await enrol()
    await keepStartingPoint(ports, ports.store, enrolment, { ...NO_STARTING_POINT, variant: OTHER })
    const [sent, waiting] = deliveries
    changeDatabase(
      parts.dataDir,
      `update delivery set variant = '{"track":"zebra","overlays":["heron"]}';
       update delivery set first_dot_at = 1, state = 'sent' where id = ${sent?.id}`,
    )
    for (const sealFirst of [false, true]) {
      if (sealFirst) await sealForms(ports, never)
      expect(await sentAs(sent?.id as number)).toEqual(FORM)
      expect(await sentAs(waiting?.id as number)).toEqual(OTHER)
    }
    const [{ sealed, plain } = {}] = queryRows(
      parts.dataDir,
      'select count(sealed_variant) as sealed, count(variant) as plain from delivery',
    )
    expect({ sealed, plain }).toEqual({ sealed: 1, plain: 0 })
  })
})

describe('a ticket', () => {
  test('has one size, whatever is in it', () => {
    const lengths = [NO_STARTING_POINT.variant, FORM, OTHER].map(
      (variant) => sealTicket(ports, { course: COURSE, start: { ...NO_STARTING_POINT, variant } }).length,
    )
    expect(new Set(lengths).size).toBe(1)
  })

  test('of a page that was open during the upgrade still brings its form', () => {
    const key = ports.sealer.newDataKey(0)
    const { variant: _, ...before } = NO_STARTING_POINT
    const start = JSON.stringify(before).padEnd(packStartingPoint(NO_STARTING_POINT).length)
    const plain = JSON.stringify({ course: COURSE, ...FORM, start, madeAt: parts.clock.now() })
    const sealed = ports.sealer.seal(key, 0, 'starting point on its way to the sign-up form', plain)
    const ticket = Buffer.concat([Buffer.from([key.length]), key, sealed]).toString('base64url')
    expect(openTicket(ports, ticket, COURSE)).toEqual({
      course: COURSE,
      start: { ...NO_STARTING_POINT, variant: FORM },
    })
  })
})
