import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Delivery, NEVER } from '../../../src/core/model.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { recordResult } from '../../../src/flow/delivery/record-result.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
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
const accepted = () => parts.mail.accepted.length

/** A course of one lesson, whose lesson is due. */
async function enrolled() {
  learners += 1
  const now = parts.clock.now()
  const address = `learner-${learners}@example.test`
  const { enrolment, deliveries } = await enrolForTest(ports().store, { now, days: 1, began: 1, address })
  return { id: enrolment.id, lesson: deliveries[0] as Delivery }
}

/** The reply to the last byte was lost. */
async function sendWithoutReply({ id }: Delivery) {
  const now = parts.clock.now()
  const taken = (await ports().store.deliveries.claim(id, {
    now,
    leaseUntil: now + 120_000,
    owner: 'test',
    messageId: `${id}@test`,
    day: null,
  })) as Delivery
  expect(await ports().store.deliveries.markHandedOver(id, taken.fence, now)).toBe(true)
  const lost = { kind: 'lost', stage: 'after-dot', reason: 'cut' } as const
  expect((await recordResult(ports(), taken, lost, 'open')).kind).toBe('unconfirmed')
}

async function closingOf(id: number): Promise<Delivery> {
  const rows = await ports().store.deliveries.ofEnrolment(id)
  return rows.find(({ kind }) => kind === 'closing') as Delivery
}

test('the last lesson’s second copy is sent, although the closing email has ended the course first', async () => {
  const { id, lesson } = await enrolled()
  await sendWithoutReply(lesson)
  // Nothing was sent for two days.
  parts.clock.advance(2 * DAY)
  const before = accepted()
  expect(await deliver(ports(), (await closingOf(id)).id)).toEqual({ kind: 'sent' })
  expect((await ports().store.enrolments.byId(id))?.state).toBe('finished')
  expect(await deliver(ports(), lesson.id)).toEqual({ kind: 'sent' })
  expect(accepted()).toBe(before + 2)
})

test('so is that of the closing email, which ended the course itself', async () => {
  const { id, lesson } = await enrolled()
  expect(await deliver(ports(), lesson.id)).toEqual({ kind: 'sent' })
  parts.clock.advance(DAY)
  const closing = await closingOf(id)
  await sendWithoutReply(closing)
  parts.clock.advance(DAY)
  expect(await deliver(ports(), closing.id)).toEqual({ kind: 'sent' })
})

test('but neither is sent after a stop', async () => {
  const { id, lesson } = await enrolled()
  expect(await deliver(ports(), lesson.id)).toEqual({ kind: 'sent' })
  parts.clock.advance(DAY)
  const closing = await closingOf(id)
  await sendWithoutReply(closing)
  await stop(ports(), LINKS.stop.make(ports().keys, { enrolmentId: id }))
  parts.clock.advance(DAY)
  expect(await deliver(ports(), closing.id)).toEqual({ kind: 'early', until: NEVER })
})
