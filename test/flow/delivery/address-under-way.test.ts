import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Delivery } from '../../../src/core/model.ts'
import { LINKS } from '../../../src/core/security/links.ts'
import { newSession, sessionHash } from '../../../src/core/security/session-hash.ts'
import { deliver } from '../../../src/flow/delivery/deliver.ts'
import { requestReading } from '../../../src/flow/exercise/reading-link.ts'
import { confirmAddress, requestAddressChange } from '../../../src/flow/learner/change-address.ts'
import { queryRows } from '../../support/database/database-rows.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../../support/test-app.ts'
import { enrolForTest } from '../../support/test-store.ts'

let parts: TestApp

beforeAll(async () => {
  parts = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
})
afterAll(() => parts?.close())

const ports = () => parts.app.ports

test.each(['before', 'during'])(
  'a lesson whose learner changes the address %s its attempt is sent once',
  async (when) => {
    const [former, next] = [`former-${when}@example.test`, `next-${when}@example.test`]
    const now = parts.clock.now()
    const { enrolment, learner, deliveries } = await enrolForTest(ports().store, { now, days: 1, address: former })
    const lesson = deliveries[0] as Delivery
    const secret = newSession(ports().randomBytes)
    await ports().store.sessions.open({ hash: sessionHash(secret), learnerId: learner.id, kind: 'own', now })
    const token = LINKS.lesson.make(ports().keys, { enrolmentId: enrolment.id, day: 1 })
    await requestAddressChange(ports(), token, secret, next)
    const [asked] = queryRows(parts.dataDir, 'select max(delivery_id) as id from address_change')
    const changeId = Number(asked?.id)
    const confirm = () =>
      confirmAddress(ports(), LINKS.address.make(ports().keys, { changeId, deliveryId: changeId }, now + 60_000))
    if (when === 'before') await confirm()
    // The row, with its learner's address, is read first; the change comes before the message leaves.
    const late = {
      ...ports(),
      composer: {
        ...ports().composer,
        compose: async (...request: Parameters<ReturnType<typeof ports>['composer']['compose']>) => {
          if (when === 'during') await confirm()
          return ports().composer.compose(...request)
        },
      },
    }
    expect(await deliver(late, lesson.id)).toEqual({ kind: 'sent' })
    expect(await deliver(ports(), lesson.id)).toEqual({ kind: 'settled' })
    const got = parts.mail.accepted.filter(({ to }) => to === former || to === next)
    expect(got.map(({ to }) => to)).toEqual([when === 'before' ? next : former])
  },
)

test('links that were still to be sent bring nothing to either address', async () => {
  const [former, next] = ['waiting@example.test', 'waited-for@example.test']
  const now = parts.clock.now()
  const ask = async (address: string) => {
    const { enrolment, learner } = await enrolForTest(ports().store, { now, days: 1, address })
    const secret = newSession(ports().randomBytes)
    await ports().store.sessions.open({ hash: sessionHash(secret), learnerId: learner.id, kind: 'own', now })
    const token = LINKS.lesson.make(ports().keys, { enrolmentId: enrolment.id, day: 1 })
    await requestAddressChange(ports(), token, secret, next)
    const [asked] = queryRows(parts.dataDir, 'select max(delivery_id) as id from address_change')
    return { token, changeId: Number(asked?.id) }
  }
  const { token, changeId } = await ask(former)
  const { changeId: ofAnother } = await ask('another@example.test')
  await requestReading(ports(), token)
  const [reading] = queryRows(parts.dataDir, "select max(id) as id from delivery where kind = 'reading-link'")
  await confirmAddress(ports(), LINKS.address.make(ports().keys, { changeId, deliveryId: changeId }, now + 60_000))
  for (const id of [ofAnother, Number(reading?.id)]) expect(await deliver(ports(), id)).toEqual({ kind: 'cancelled' })
  expect(parts.mail.accepted.filter(({ to }) => to === former || to === next)).toEqual([])
})
