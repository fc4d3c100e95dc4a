import { AppError } from '../core/errors.ts'
import { mac } from '../core/mac.ts'
import { readReturnAddress } from '../core/verp.ts'
import { sealContent } from './event-content.ts'
import { findByStopLink } from './find-by-link.ts'
import type { Ports } from './ports.ts'
import { keepEvents } from './receive-hook.ts'

/** A report says what happened within its first kilobytes; what follows is the message it returns. */
export const MAX_KEPT_BYTES = 256 * 1024
/** Reports about one person a day. A message has one report, or three; more are an attempt to fill the disk. */
const MAX_PER_DAY = 100
const DAY_MS = 86_400_000

export interface ArrivedMail {
  /** An address of the return-path domain. */
  readonly recipient: string
  /** A hash of the whole email: the same bytes, brought again, are kept once. */
  readonly digest: Uint8Array
  /** Its beginning, MAX_KEPT_BYTES at most. */
  readonly head: Uint8Array
}

/**
 * Keeps an email to the return-path domain until it is applied, sealed: of one to an unsubscribe address nothing but the
 * fact. `too-many`: the person it is about has had more of them today than mail servers write.
 */
export async function receiveReport(ports: Ports, mail: ArrivedMail): Promise<'kept' | 'too-many'> {
  const address = readReturnAddress(ports.keys, mail.recipient, ports.settings.returnPathDomain ?? '')
  const isStop = address?.kind === 'unsubscribe'
  const learnerId =
    address?.kind === 'unsubscribe'
      ? await learnerOfLink(ports, address.token)
      : address?.kind === 'bounce'
        ? ((await ports.store.deliveries.byId(address.deliveryId))?.learnerId ?? null)
        : null
  if (!isStop && learnerId !== null) {
    const count = await ports.store.mailEvents.countOf(learnerId, ports.clock.now() - DAY_MS)
    if (count >= MAX_PER_DAY) return 'too-many'
  }
  // A keyed hash: what somebody wrote cannot be guessed from it.
  const key = mac(ports.keys.reports, `${mail.recipient.toLowerCase()}\0${Buffer.from(mail.digest).toString('hex')}`)
  const row = { source: 'smtp', key: key.toString('base64url') } as const
  const raw = isStop ? new Uint8Array() : mail.head.subarray(0, MAX_KEPT_BYTES)
  await keepEvents(ports, async (unit) => {
    // Erased meanwhile: nothing of it may be kept under the learner's name.
    const isThere = learnerId !== null && (await unit.learners.byId(learnerId)) !== null
    const content = { form: 'mail', recipient: mail.recipient, raw } as const
    const sealed = sealContent(ports, row, content)
    return [{ ...row, nonce: null, sealed, learnerId: isThere ? learnerId : null, addressKey: null }]
  })
  return 'kept'
}

async function learnerOfLink(ports: Ports, token: string): Promise<number | null> {
  try {
    const found = await findByStopLink(ports, token)
    return found.kind === 'sign-up' ? found.signUp.learnerId : found.enrolment.learnerId
  } catch (error) {
    // Erased before: the email is kept as one about nobody, and finds nothing to stop.
    if (error instanceof AppError && (error.code === 'gone' || error.code === 'bad-link')) return null
    throw error
  }
}
