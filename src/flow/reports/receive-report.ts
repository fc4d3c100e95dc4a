import { AppError } from '../../core/errors.ts'
import { readReturnAddress } from '../../core/reports/return-address.ts'
import { mac } from '../../core/security/mac.ts'
import { viewStopTarget } from '../enrolment/stop.ts'
import { findByStopLink, learnerOf } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { sealContent } from './event-content.ts'
import { keepEvents } from './receive-webhook.ts'

/** Reports describe what happened in their first kilobytes, followed by the returned message. */
export const MAX_KEPT_BYTES = 256 * 1024
/** Daily limit of reports about one person. A message causes one to three; more could fill the disk. */
const MAX_PER_DAY = 100
const DAY_MS = 86_400_000

export interface ArrivedMail {
  /** An address at the return-path domain. */
  readonly recipient: string
  /** A hash of the whole email, so that an identical one is stored only once. */
  readonly digest: Uint8Array
  /** Its beginning, at most MAX_KEPT_BYTES. */
  readonly head: Uint8Array
}

/** Limit of waiting reports in total: at most 250 MB. Beyond it, mail servers retry later. */
const MAX_WAITING = 1_000

/**
 * Stores an email to the return-path domain, encrypted, until it is applied; of one to an unsubscribe address, only the
 * fact. Returns `too-many` if there were too many about this person today or too many are waiting, and `pointless`,
 * without storing it, if the delivery no longer exists or there is nothing to stop.
 */
export async function receiveReport(
  ports: Pick<Ports, 'clock' | 'courses' | 'keys' | 'log' | 'randomBytes' | 'settings' | 'store'>,
  mail: ArrivedMail,
): Promise<'kept' | 'pointless' | 'too-many'> {
  const address = readReturnAddress(ports.keys, mail.recipient, ports.settings.returnPathDomain ?? '')
  const isStop = address?.kind === 'unsubscribe'
  let learnerId: number | null = null
  if (address?.kind === 'unsubscribe') learnerId = await learnerToStop(ports, address.token)
  if (address?.kind === 'bounce') learnerId = (await ports.store.deliveries.byId(address.deliveryId))?.learnerId ?? null
  // It cannot have any effect, and no limit would apply.
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
  // A keyed hash, so that the content cannot be guessed from it.
  const key = mac(ports.keys.reports, `${mail.recipient.toLowerCase()}\0${Buffer.from(mail.digest).toString('hex')}`)
  const row = { source: 'smtp', key: key.toString('base64url') } as const
  const raw = isStop ? new Uint8Array() : mail.head.subarray(0, MAX_KEPT_BYTES)
  await keepEvents(ports, async (unit) => {
    // If the learner was erased meanwhile, nothing may be stored for them.
    const isThere = learnerId !== null && (await unit.learners.byId(learnerId)) !== null
    const content = { form: 'mail', recipient: mail.recipient, raw } as const
    const sealed = sealContent(ports, row, content)
    return [{ ...row, nonce: null, sealed, learnerId: isThere ? learnerId : null, addressKey: null }]
  })
  return 'kept'
}

/** Null if there is nothing to stop. */
async function learnerToStop(
  ports: Pick<Ports, 'clock' | 'courses' | 'keys' | 'store'>,
  token: string,
): Promise<number | null> {
  try {
    const found = await findByStopLink(ports, token)
    const { state } = await viewStopTarget(ports, found)
    // Enrolments that were stopped by earlier versions may still have check-ins.
    const hasCheckIns = 'enrolment' in found && found.enrolment.checkInsStoppedAt === null
    return state === 'stopped' && !hasCheckIns ? null : learnerOf(found)
  } catch (error) {
    // Already erased.
    if (error instanceof AppError && (error.code === 'gone' || error.code === 'bad-link')) return null
    throw error
  }
}
