import type { Delivery } from '../../core/model.ts'
import type { MessageReference } from '../../core/reports/mail-event.ts'
import { readDeliveryTag, readReturnAddress } from '../../core/reports/return-address.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import type { EventContent } from './event-content.ts'

/**
 * The delivery a report speaks of: by the MAC of the address it came to (`proven`), of a tag, or by the Message-ID.
 * Null where it names none that exists.
 */
export async function findReported(
  ports: Ports,
  unit: Pick<Repositories, 'deliveries' | 'reports'>,
  about: MessageReference,
  proven: number | null,
): Promise<Delivery | null> {
  const tagged = about.tag === null ? null : readDeliveryTag(ports.keys, about.tag)
  const id = proven ?? tagged
  if (id !== null) return unit.deliveries.byId(id)
  // A tag that was changed is a forgery, whatever else the report names.
  if (about.tag !== null || about.messageId === null) return null
  // Its left part is a keyed hash: only who has had the message knows it.
  return unit.reports.byMessageId(about.messageId)
}

/** Whether a report names a message at all, by something that can be checked. */
export function namesAMessage(about: MessageReference): boolean {
  return about.tag !== null || about.messageId !== null
}

/** Whose an event is, where that is known before it is applied: it goes when they are erased. */
export async function ownerOf(
  ports: Ports,
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
