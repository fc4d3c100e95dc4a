import { addressKey, mailboxKey } from '../../core/security/keys.ts'
import type { Ports } from '../ports/ports.ts'

/**
 * Plans the email with which somebody without their link finds their courses again. As with a sign-up, the same rows are
 * written for every address, known or not, and what is sent is decided when the email is due (choose-way-back-email.ts):
 * so neither the response nor its timing tells who takes a course. An address that has none is deleted after two days.
 * Expects a valid address.
 */
export async function requestWayBack(ports: Pick<Ports, 'clock' | 'store' | 'keys'>, address: string): Promise<void> {
  const now = ports.clock.now()
  await ports.store.transaction(async (unit) => {
    const { id: learnerId } = await unit.learners.ensure({
      address,
      addressKey: addressKey(ports.keys, address),
      mailboxKey: mailboxKey(ports.keys, address),
      now,
    })
    const rows = await unit.deliveries.plan(
      [{ learnerId, kind: 'way-back', enrolmentId: null, signUpId: null, day: null, dueAt: now }],
      now,
    )
    for (const { id } of rows) await unit.emailedLinks.add({ deliveryId: id, learnerId, day: null, goal: 'back', now })
  })
}
