import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { NEVER } from '../../../src/core/model.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { resendLesson } from '../../../src/flow/desk/deliveries/resend-lesson.ts'
import { stop } from '../../../src/flow/enrolment/stop.ts'
import { changeDatabase } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

let parts: TestApp
let learners = 0

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports
const mailsTo = (address: string) => parts.mail.accepted.filter(({ to }) => to === address)
const rowsOf = (enrolmentId: number) => ports().store.deliveries.ofEnrolment(enrolmentId)
const resendOf = async (enrolmentId: number) => (await rowsOf(enrolmentId)).find(({ kind }) => kind === 'resend')
const REFUSED = { code: 'bad-input', message: 'desk.errors.not-resent' }

/** In Berlin, with the first lesson sent. */
async function enrolled(more = {}) {
  parts.clock.set('2026-03-02T09:00:00Z')
  learners += 1
  const address = `learner-${learners}@example.test`
  const { enrolment, deliveries } = await enrolForTest(ports().store, { now: parts.clock.now(), days: 3, address })
  await ports().store.enrolments.setPreferences(enrolment.id, more)
  for (const row of deliveries.slice(1))
    await ports().store.deliveries.postpone(row.id, ports().calendar.dueAt(enrolment, row.day ?? 0))
  const id = deliveries[0]?.id ?? 0
  expect(await deliver(ports(), id)).toEqual({ kind: 'sent' })
  return { id, address, enrolmentId: enrolment.id, later: deliveries.slice(1) }
}

const resend = (id: number) => resendLesson(ports(), 1, id, 'trouble')

test('a lesson that was sent goes out once more, with its words, its links and a note why', async () => {
  const { id, address, enrolmentId } = await enrolled()
  await resend(id)
  expect(await deliver(ports(), (await resendOf(enrolmentId))?.id ?? 0)).toEqual({ kind: 'sent' })
  const [first, again] = mailsTo(address)
  expect(again?.mail.subject).toBe(first?.mail.subject)
  expect(again?.mail.messageId).not.toBe(first?.mail.messageId)
  expect(again?.mail.text).toContain('is sent once more because')
  expect(again?.mail.headers.some(({ key }) => key === 'list-unsubscribe-post')).toBe(true)
  expect(await ports().store.auditLog.page({}, null, 1)).toMatchObject([
    { act: 'resend', reason: 'trouble', details: { delivery: id, resend: (await resendOf(enrolmentId))?.id } },
  ])
})

test('it never counts as the day’s lesson: the next one comes on its day, before or after it', async () => {
  const { id, address, enrolmentId, later } = await enrolled()
  parts.clock.set('2026-03-03T08:00:00Z')
  await resend(id)
  expect(await deliver(ports(), (await resendOf(enrolmentId))?.id ?? 0)).toEqual({ kind: 'sent' })
  expect(await deliver(ports(), later[0]?.id ?? 0)).toEqual({ kind: 'sent' })
  await resend(later[0]?.id ?? 0)
  const second = (await rowsOf(enrolmentId)).findLast(({ kind }) => kind === 'resend')
  expect(await deliver(ports(), second?.id ?? 0)).toEqual({ kind: 'sent' })
  expect(mailsTo(address)).toHaveLength(4)
  expect((await rowsOf(enrolmentId)).filter(({ kind }) => kind === 'resend').map(({ day }) => day)).toEqual([
    null,
    null,
  ])
})

test('once for each lesson, also for two operators at the same time', async () => {
  const { id, enrolmentId } = await enrolled()
  const results = await Promise.allSettled([resend(id), resend(id), resend(id)])
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  await expect(resend(id)).rejects.toMatchObject(REFUSED)
  expect((await rowsOf(enrolmentId)).filter(({ kind }) => kind === 'resend')).toHaveLength(1)
})

test('never a third copy: not after an identical second one, and none follows a lost reply of its own', async () => {
  const twice = await enrolled()
  changeDatabase(parts.dataDir, `update delivery set resends = 1 where id = ${twice.id}`)
  await expect(resend(twice.id)).rejects.toMatchObject(REFUSED)

  const lost = await enrolled()
  await resend(lost.id)
  const row = (await resendOf(lost.enrolmentId))?.id ?? 0
  const now = parts.clock.now()
  changeDatabase(
    parts.dataDir,
    `update delivery set state = 'unconfirmed', due_at = ${now}, first_dot_at = ${now}, dot_at = ${now}, fence = 1 where id = ${row}`,
  )
  expect((await deliver(ports(), row)).kind).toBe('cancelled')
  await expect(resend(row)).rejects.toMatchObject(REFUSED)
  expect(mailsTo(lost.address)).toHaveLength(1)
})

test('never after a stop, whether it came before or after the operator', async () => {
  const after = await enrolled()
  await resend(after.id)
  const token = LINKS.stop.make(ports().keys, { enrolmentId: after.enrolmentId })
  await stop(ports(), token)
  expect((await deliver(ports(), (await resendOf(after.enrolmentId))?.id ?? 0)).kind).toBe('settled')
  const before = await enrolled()
  await stop(ports(), LINKS.stop.make(ports().keys, { enrolmentId: before.enrolmentId }))
  await expect(resend(before.id)).rejects.toMatchObject(REFUSED)
  expect(await resendOf(before.enrolmentId)).toBeUndefined()
  for (const { address } of [after, before]) expect(mailsTo(address)).toHaveLength(1)
})

test('only a lesson that was settled as sent, and for a reason that fits', async () => {
  const { id, later } = await enrolled()
  await expect(resend(later[0]?.id ?? 0)).rejects.toMatchObject(REFUSED)
  await expect(resendLesson(ports(), 1, id, 'abuse')).rejects.toMatchObject({ message: 'desk.errors.no-reason' })
  changeDatabase(parts.dataDir, `update delivery set state = 'unconfirmed', due_at = ${NEVER} where id = ${id}`)
  await expect(resend(id)).rejects.toMatchObject(REFUSED)
  await expect(resend(999_999)).rejects.toMatchObject(REFUSED)
})

test('in discreet mode and as a short email it says as little as the lesson did', async () => {
  const discreet = await enrolled({ discreet: true })
  await resend(discreet.id)
  expect(await deliver(ports(), (await resendOf(discreet.enrolmentId))?.id ?? 0)).toEqual({ kind: 'sent' })
  expect(mailsTo(discreet.address)[1]?.mail.text).not.toMatch(/Kinder|Day 1|lesson|course/)
  const short = await enrolled({ shortEmails: true })
  await resend(short.id)
  expect(await deliver(ports(), (await resendOf(short.enrolmentId))?.id ?? 0)).toEqual({ kind: 'sent' })
  const [first, again] = mailsTo(short.address)
  expect(again?.mail.subject).toBe(first?.mail.subject)
})
