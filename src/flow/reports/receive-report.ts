import { AppError } from '../../core/errors.ts'
import { readReturnAddress } from '../../core/reports/return-address.ts'
import { mac } from '../../core/security/mac.ts'
import { viewStopTarget } from '../enrolment/stop.ts'
import { findByStopLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { sealContent } from './event-content.ts'
import { keepEvents } from './receive-webhook.ts'

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

/** What lies here and waits to be read, all people together: 250 MB at most. Mail servers bring the rest again later. */
const MAX_WAITING = 1_000

/**
 * Keeps an email to the return-path domain until it is applied, sealed: of one to an unsubscribe address nothing but the
 * fact. `too-many`: the person it is about has had more of them today than mail servers write, or too many wait to be read.
 * `pointless`: it is about what is gone, or asks to stop what is stopped; nothing is kept of it.
 */
export async function receiveReport(ports: Ports, mail: ArrivedMail): Promise<'kept' | 'pointless' | 'too-many'> {
  const address = readReturnAddress(ports.keys, mail.recipient, ports.settings.returnPathDomain ?? '')
  const isStop = address?.kind === 'unsubscribe'
  let learnerId: number | null = null
  if (address?.kind === 'unsubscribe') learnerId = await learnerToStop(ports, address.token)
  if (address?.kind === 'bounce') learnerId = (await ports.store.deliveries.byId(address.deliveryId))?.learnerId ?? null
  // Nothing could follow from it, and nothing would count how many of them there are.
  if (learnerId === null && address?.kind !== 'complaints') {
    const say = isStop ? 'unsubscribe email ignored: nothing is active' : 'the report refers to no known delivery'
    ports.log.info({ source: 'smtp' }, `${say}: not stored`)
    return 'pointless'
  }
  if (!isStop) {
    const { mailEvents } = ports.store
    const count = learnerId === null ? 0 : await mailEvents.countOf(learnerId, ports.clock.now() - DAY_MS)
    if (count >= MAX_PER_DAY || (await mailEvents.countWaiting('smtp', MAX_WAITING)) >= MAX_WAITING) return 'too-many'
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

/** Null where nothing is left to stop. */
async function learnerToStop(ports: Ports, token: string): Promise<number | null> {
  try {
    const found = await findByStopLink(ports, token)
    const { state } = await viewStopTarget(ports, found)
    // Enrolments that earlier versions stopped may still have their check-ins.
    if (state === 'stopped' && (found.kind === 'sign-up' || found.enrolment.checkInsStoppedAt !== null)) return null
    return found.kind === 'sign-up' ? found.signUp.learnerId : found.enrolment.learnerId
  } catch (error) {
    // Erased before.
    if (error instanceof AppError && (error.code === 'gone' || error.code === 'bad-link')) return null
    throw error
  }
}
