import type { Enrolment } from '../../core/model.ts'
import { ADDRESS_UNDO_MS } from '../../core/retention.ts'
import { LINKS } from '../../core/security/links.ts'
import { stopEnrolment } from '../enrolment/stop-enrolment.ts'
import { linkExpired } from '../find-by-link.ts'
import type { AddressChange } from '../ports/address-ports.ts'
import type { Ports } from '../ports/ports.ts'
import { type AddressView, planLink, viewOf } from './change-address.ts'

type UndoPorts = Pick<Ports, 'clock' | 'store' | 'courses' | 'keys'>

/** What the former address sees before it undoes a change. Changes nothing. Fails with `link-expired`. */
export async function viewUndoAddress(ports: UndoPorts, token: string): Promise<AddressView & { isUndone: boolean }> {
  const change = await findChange(ports, token)
  return { ...(await viewOf(ports, change)), isUndone: change.undoneAt !== null }
}

/**
 * Stops everything until the new address confirms once more. It gives the former address nothing back: somebody else may
 * read that mailbox, which is why people change their address. Every session ends. A repeated call changes nothing. Fails
 * with `link-expired` a week after the change, and once the new address has confirmed again.
 */
export async function undoAddressChange(ports: UndoPorts, token: string): Promise<AddressView> {
  const change = await findChange(ports, token)
  const view = await viewOf(ports, change)
  const now = ports.clock.now()
  const { id, learnerId } = change
  await ports.store.transaction(async (unit) => {
    if (!(await unit.addressChanges.undo(id, { now, changedAfter: now - ADDRESS_UNDO_MS }))) return
    // What was stopped before stays so, and must not go on when the new address confirms.
    for (const enrolment of await unit.enrolments.ofLearner(learnerId))
      if (isRunning(enrolment)) await stopEnrolment(unit, enrolment, 'address', now)
    await unit.emailedLinks.useAll(learnerId, now)
    await unit.sessions.endAll(learnerId)
    await planLink(unit, learnerId, now)
  })
  return view
}

/** Whether any email of it may still come. */
function isRunning({ state, checkInsStoppedAt }: Enrolment): boolean {
  return state === 'finished' ? checkInsStoppedAt === null : state !== 'stopped'
}

async function findChange(ports: UndoPorts, token: string): Promise<AddressChange> {
  const now = ports.clock.now()
  const signed = LINKS['undo-address'].read(ports.keys, token, now)
  const change = signed && (await ports.store.addressChanges.find(signed.changeId))
  if (!change || change.changedAt === null || now >= change.changedAt + ADDRESS_UNDO_MS) throw linkExpired()
  if (change.confirmedAgainAt !== null) throw linkExpired()
  return change
}
