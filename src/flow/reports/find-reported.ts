import type { Delivery } from '../../core/model.ts'
import type { MessageReference } from '../../core/reports/mail-event.ts'
import { readDeliveryTag, readReturnAddress } from '../../core/reports/return-address.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import type { EventContent } from './event-content.ts'

/**
 * Finds the reported delivery by the MAC of the address it was sent to (`proven`), by a tag, or by the Message-ID. Null
 * if none exists.
 */
export async function findReported(
  ports: Pick<Ports, 'keys'>,
  unit: Pick<Repositories, 'deliveries' | 'reports'>,
  about: MessageReference,
  proven: number | null,
): Promise<Delivery | null> {
  const tagged = about.tag === null ? null : readDeliveryTag(ports.keys, about.tag)
  const id = proven ?? tagged
  if (id !== null) return unit.deliveries.byId(id)
  // A tag with an invalid MAC means a forged report, so the Message-ID is not trusted either.
  if (about.tag !== null || about.messageId === null) return null
  // The local part is a keyed hash, known only to somebody who has the message.
  return unit.reports.byMessageId(about.messageId)
}

/** Whether a report names a message in a verifiable way. */
export function namesAMessage(about: MessageReference): boolean {
  return about.tag !== null || about.messageId !== null
}

/** The learner an event is about, if known before it is applied, so that erasure includes it. */
export async function ownerOf(
  ports: Pick<Ports, 'keys' | 'settings'>,
  unit: Pick<Repositories, 'deliveries' | 'reports'>,
  content: EventContent,
): Promise<{ readonly learnerId: number | null; readonly addressKey: string | null }> {
  if (content.form === 'event') {
    const delivery = await findReported(ports, unit, content.event.about, null)
    return { learnerId: delivery?.learnerId ?? null, addressKey: content.addressKey }
  }
  const recipient = content.form === 'mail' ? content.recipient : ''
  const address = readReturnAddress(ports.keys, recipient, ports.settings.returnPathDomain ?? '')
  const delivery = address?.kind === 'bounce' ? await unit.deliveries.byId(address.deliveryId) : null
  return { learnerId: delivery?.learnerId ?? null, addressKey: null }
}
