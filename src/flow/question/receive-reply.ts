import { hash } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import { readReplyAddress } from '../../core/question/reply-address.ts'
import type { InboundEmail } from '../../core/reports/inbound-email.ts'
import { mac } from '../../core/security/mac.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { type ReplyContent, sealReply } from './reply-content.ts'

const DAY_MS = 86_400_000
/** Of one person in a day, whoever sent them: more than anybody asks, and too few to fill a disk. */
export const MAX_REPLIES_PER_DAY = 10
/** Limit of waiting replies in total: at most 200 MB. Beyond it, mail servers retry later. */
const MAX_WAITING = 100

export type ReplyReceipt = 'kept' | 'known' | 'unknown' | 'too-many'

type ReceivePorts = Pick<Ports, 'clock' | 'keys' | 'log' | 'sealer' | 'settings' | 'store'>

/**
 * Stores a reply, sealed under its learner's key, until it is read. `known`: the same message is stored already;
 * `unknown`: the address was never issued, or its learner is erased; `too-many`: for today, or until those that wait are
 * read. Nothing is said about the course, which may take no questions any more: that is found when it is read.
 */
export async function receiveReply(ports: ReceivePorts, reply: ReplyContent): Promise<ReplyReceipt> {
  return ports.store.transaction((unit) => keepReply(ports, unit, reply))
}

/** The same in the caller's transaction. */
export async function keepReply(ports: ReceivePorts, unit: Repositories, reply: ReplyContent): Promise<ReplyReceipt> {
  const now = ports.clock.now()
  const deliveryId = readReplyAddress(ports.keys, reply.recipient, ports.settings.replyDomain ?? '')
  const delivery = deliveryId === null ? null : await unit.deliveries.byId(deliveryId)
  if (delivery === null || delivery.enrolmentId === null) return 'unknown'
  const { learnerId } = delivery
  const isFull =
    (await unit.replies.countOf(learnerId, now - DAY_MS)) >= MAX_REPLIES_PER_DAY ||
    (await unit.replies.countWaiting(MAX_WAITING)) >= MAX_WAITING
  const content = hash('sha256', reply.raw, 'hex')
  const digest = mac(ports.keys.replies, `digest ${delivery.id} ${content}`).toString('base64url')
  // A repeated copy is recognised even when there are too many, so that its server stops.
  if (isFull) return (await unit.replies.isKnown(digest)) ? 'known' : 'too-many'
  const sealed = await sealReply(ports, unit, { learnerId, digest }, reply)
  return (await unit.replies.add({ learnerId, deliveryId: delivery.id, digest, sealed }, now)) ? 'kept' : 'known'
}

/**
 * Stores an email that a provider received, in the caller's transaction: for the first of its recipients that is a reply
 * address, if any is. Fails with `busy` if there are too many, so that the provider tries again later.
 */
export async function takeProviderEmail(
  ports: ReceivePorts,
  unit: Repositories,
  { recipients, raw, isOriginal }: InboundEmail,
): Promise<void> {
  const domain = ports.settings.replyDomain
  const recipient = recipients.find((one) => domain !== null && readReplyAddress(ports.keys, one, domain) !== null)
  const content = { recipient: recipient ?? '', client: null, isOriginal, raw }
  const receipt = recipient === undefined ? 'unknown' : await keepReply(ports, unit, content)
  if (receipt === 'too-many') throw new AppError('busy', 'There are too many replies; try again later.')
  if (receipt === 'unknown') ports.log.warn({}, 'an email to an unknown reply address came by webhook and was dropped')
}
