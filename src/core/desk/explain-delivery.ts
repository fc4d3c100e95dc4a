import { isWithoutEmail } from '../delivery/no-email-replies.ts'
import { type Delivery, type Enrolment, NEVER } from '../model.ts'
import { withoutAddresses } from '../text/redact-addresses.ts'
import { type Phrase, phrase } from '../words.ts'

/** What an operator is told about a delivery: what happened, and what happens next. */
export interface DeliveryAccount {
  readonly what: Phrase
  /** When the next thing happens, ms UTC; null if nothing does, or nobody knows when. */
  readonly nextAt: number | null
}

/** What decides about a delivery besides its own row. */
export interface DeliverySurroundings {
  readonly enrolment: Pick<Enrolment, 'pause'> | null
  readonly sending: 'open' | 'paused' | 'held'
  /** ms UTC. */
  readonly now: number
}

/** Why a delivery is as it is, in words. It says nothing about what the learner wrote, answered or is withheld from. */
export function explainDelivery(row: Delivery, surroundings: DeliverySurroundings): DeliveryAccount {
  const nothingNext = (what: Phrase) => ({ what, nextAt: null })
  switch (row.state) {
    case 'sent':
      return nothingNext(phrase(isWithoutEmail(row.reply) ? 'desk.ledger.opened' : 'desk.ledger.sent'))
    case 'leased':
      return nothingNext(phrase('desk.ledger.leased'))
    case 'failed':
      return nothingNext(phrase('desk.ledger.failed'))
    case 'expired':
      return nothingNext(phrase('desk.ledger.expired'))
    case 'cancelled':
      return nothingNext(phrase('desk.ledger.cancelled'))
    case 'unconfirmed':
      return row.dueAt < NEVER
        ? { what: phrase('desk.ledger.copy-follows'), nextAt: row.dueAt }
        : nothingNext(phrase('desk.ledger.unconfirmed'))
    default:
      return explainWaiting(row, surroundings)
  }
}

function explainWaiting(row: Delivery, { enrolment, sending, now }: DeliverySurroundings): DeliveryAccount {
  if (sending !== 'open' && row.dueAt <= now) return { what: phrase(`desk.ledger.sending-${sending}`), nextAt: null }
  if (enrolment?.pause && row.day !== null) return { what: phrase('desk.ledger.course-paused'), nextAt: row.dueAt }
  if (row.state === 'deferred') return { what: phrase('desk.ledger.deferred'), nextAt: row.dueAt }
  return { what: phrase(row.dueAt > now ? 'desk.ledger.planned' : 'desk.ledger.due'), nextAt: row.dueAt }
}

/**
 * What the relay said, or why nothing was sent, without the addresses and links that servers quote: links work as
 * credentials. Null where it would tell whether somebody used a page.
 */
export function shownReply({ kind, reply }: Pick<Delivery, 'kind' | 'reply'>): string | null {
  return kind === 'reminder' || reply === null ? null : withoutAddresses(reply)
}
