import { DELIVERY_KINDS } from '../../../core/delivery/email-kinds.ts'
import { messageIdOf } from '../../../core/delivery/message-id.ts'
import { maskAddress } from '../../../core/desk/mask-address.ts'
import { AppError } from '../../../core/errors.ts'
import type { Delivery, Enrolment } from '../../../core/model.ts'
import { phrase } from '../../../core/words.ts'
import type { Ports } from '../../ports/ports.ts'
import { type LedgerLine, toLedgerLine } from './ledger.ts'

export interface DeliveryView {
  readonly line: LedgerLine
  readonly learnerId: number
  /** Of the address it goes to. */
  readonly masked: string
  /** '' for an email that belongs to no course. */
  readonly course: string
  /** The learner's; null where it is not known. */
  readonly timeZone: string | null
  /** What to look for in the log of the relay; null before the first handover. */
  readonly messageId: string | null
  /** The delivery that sends it once more; null if none does. */
  readonly sentAgainBy: number | null
  /** Whether it is a lesson that may be sent once more. */
  readonly mayResend: boolean
}

/** One delivery with its whole history. Fails with `not-found`. */
export async function viewDelivery(
  ports: Pick<Ports, 'clock' | 'keys' | 'settings' | 'store'>,
  id: number,
): Promise<DeliveryView> {
  const { store } = ports
  const details = await store.deliveries.details(id)
  if (details === null) throw new AppError('not-found', phrase('desk.errors.no-delivery'))
  const { row, enrolment, learner } = details
  const { state: sending } = await store.sendingState.status()
  const surroundings = { enrolment, sending, now: ports.clock.now() }
  const signUp = (await store.people.signUps(row.learnerId)).find((one) => one.id === row.signUpId)
  const sentAgainBy = await sentAgain(ports, row)
  return {
    line: toLedgerLine(row, surroundings, {
      attempts: await store.attempts.ofDelivery(id),
      reports: await store.people.reports(row.learnerId),
    }),
    learnerId: row.learnerId,
    masked: maskAddress(learner.address),
    course: enrolment?.course ?? signUp?.course ?? '',
    timeZone: enrolment?.timeZone ?? signUp?.preferences.timeZone ?? null,
    // A restored copy may not know yet that the message was built.
    messageId:
      row.messageId ?? (row.firstHandoverAt === null ? null : messageIdOf(ports.keys, id, ports.settings.hostname)),
    sentAgainBy,
    mayResend: mayResend(row, enrolment) && sentAgainBy === null,
  }
}

/** What `resendLesson` refuses otherwise, so that no button promises it. */
function mayResend({ kind, state, resends }: Delivery, enrolment: Enrolment | null): boolean {
  const { sentWhile } = DELIVERY_KINDS.resend
  const isReader = enrolment !== null && sentWhile.some((one) => one === enrolment.state) && !enrolment.webOnly
  return kind === 'lesson' && state === 'sent' && resends === 0 && isReader
}

async function sentAgain({ store }: Pick<Ports, 'store'>, { id, learnerId }: Delivery): Promise<number | null> {
  return (await store.people.deliveries(learnerId)).find(({ resendOf }) => resendOf === id)?.id ?? null
}
