import {
  type DeliveryAccount,
  type DeliverySurroundings,
  explainDelivery,
  shownReply,
} from '../../../core/desk/explain-delivery.ts'
import type { Delivery, Enrolment } from '../../../core/model.ts'
import type { NumberedAttempt } from '../../ports/delivery-ports.ts'
import type { PersonReport } from '../../ports/desk-ports.ts'
import type { Ports } from '../../ports/ports.ts'

/** An attempt that was not accepted. `reply`: null where it would tell whether somebody used a page. */
export type LedgerAttempt = Omit<NumberedAttempt, 'deliveryId' | 'reply'> & { readonly reply: string | null }

/** One delivery of a person, without anything of what it contained. */
export type LedgerLine = Pick<
  Delivery,
  | ('id' | 'kind' | 'enrolmentId' | 'day' | 'state' | 'dueAt' | 'attempt' | 'resends' | 'resendOf')
  | ('firstAttemptAt' | 'firstHandoverAt' | 'handedOverAt' | 'settledAt')
> & {
  readonly reply: string | null
  readonly account: DeliveryAccount
  /** In order; the first ones and the last ones of many. */
  readonly attempts: readonly LedgerAttempt[]
  readonly reports: readonly PersonReport[]
}

/** Every delivery of a person, in the order in which they were planned. */
export async function ledgerOf(
  ports: Pick<Ports, 'clock' | 'store'>,
  learnerId: number,
  enrolments: readonly Enrolment[],
): Promise<readonly LedgerLine[]> {
  const { attempts, people, sendingState } = ports.store
  const { state: sending } = await sendingState.status()
  const known = { attempts: await attempts.ofLearner(learnerId), reports: await people.reports(learnerId) }
  const now = ports.clock.now()
  return (await people.deliveries(learnerId)).map((row) => {
    const enrolment = enrolments.find((one) => one.id === row.enrolmentId) ?? null
    return toLedgerLine(row, { enrolment, sending, now }, known)
  })
}

/** `known`: of its learner, or of this delivery alone. */
export function toLedgerLine(
  row: Delivery,
  surroundings: DeliverySurroundings,
  known: { readonly attempts: readonly NumberedAttempt[]; readonly reports: readonly PersonReport[] },
): LedgerLine {
  const { sealedVariant, plainVariant, ...shown } = row
  return {
    ...shown,
    reply: shownReply(row),
    account: explainDelivery(row, surroundings),
    attempts: known.attempts
      .filter(({ deliveryId }) => deliveryId === row.id)
      .map(({ deliveryId, ...attempt }) => ({
        ...attempt,
        reply: shownReply({ kind: row.kind, reply: attempt.reply }),
      })),
    reports: known.reports.filter(({ deliveryId }) => deliveryId === row.id),
  }
}
