import { maskTokens } from '../../../core/delivery/mask-tokens.ts'
import type { Reason } from '../../../core/desk/audit.ts'
import { AppError } from '../../../core/errors.ts'
import type { SignUp } from '../../../core/model.ts'
import { phrase } from '../../../core/words.ts'
import { type KeptConfirmation, keptContext, sha256 } from '../../delivery/kept/keep-confirmation.ts'
import type { Ports } from '../../ports/ports.ts'
import { learnerSealer } from '../../security/learner-sealer.ts'
import { type RecordPorts, recordAct } from '../record-act.ts'
import { wordingOf } from '../view-person.ts'

/** Why a confirmation email is exported: as proof in a dispute about consent, or at the person's request. */
export const CONSENT_EXPORT_REASONS: readonly Reason[] = ['asked', 'abuse', 'law']

type ConsentPorts = Pick<Ports, 'archive' | 'courses' | 'sealer' | 'store'>

export interface RebuiltEmail {
  /** Byte for byte as it was handed over; without the field To where `isWhole` is false. */
  readonly message: Buffer
  /** SHA-256 of the message that was handed over, hex. */
  readonly sha256: string
  /** Whether these are all its bytes. Not after a change of address: the one it went to is deleted in time. */
  readonly isWhole: boolean
  /** Whatever in it opens or stops something. */
  readonly tokens: readonly string[]
}

export interface ConsentView extends Pick<SignUp, 'id' | 'course' | 'wording'> {
  readonly learnerId: number
  /** When somebody signed up, when the button in the email was clicked, and how. ms UTC; null: not yet. */
  readonly askedAt: number
  readonly confirmedAt: number | null
  readonly declinedAt: number | null
  /** The wording that was shown; null if it was not kept and the course has another version by now. */
  readonly text: string | null
  /** The delivery of the email; null if none was handed over. */
  readonly delivery: { readonly id: number; readonly handedOverAt: number; readonly reply: string | null } | null
  /** With every link crossed out; null if nothing was kept, as by earlier versions, or for an email that invites to no consent. */
  readonly email: {
    readonly header: string
    readonly text: string
    readonly bytes: number
    readonly sha256: string
    readonly isWhole: boolean
  } | null
}

/** One consent with what proves it: the wording, both acts, and the email with the button. Fails with `not-found`. */
export async function viewConsent(ports: ConsentPorts, signUpId: number): Promise<ConsentView> {
  const signUp = await signUpOf(ports, signUpId)
  const { id, course, wording, learnerId, createdAt, confirmedAt, declinedAt } = signUp
  const row = (await ports.store.people.deliveries(learnerId)).find((one) => one.signUpId === id)
  const rebuilt = await rebuildConfirmation(ports, signUp)
  const { firstHandoverAt = null } = row ?? {}
  return {
    ...{ id, course, wording, learnerId, askedAt: createdAt, confirmedAt, declinedAt },
    text: await textOf(ports, signUp),
    delivery:
      row === undefined || firstHandoverAt === null
        ? null
        : { id: row.id, handedOverAt: firstHandoverAt, reply: row.reply },
    // Of an attempt that never reached a relay there is nothing to prove.
    email:
      rebuilt === null || firstHandoverAt === null
        ? null
        : {
            ...ports.archive.read(masked(rebuilt)),
            ...{ bytes: rebuilt.message.byteLength, sha256: rebuilt.sha256, isWhole: rebuilt.isWhole },
          },
  }
}

/**
 * The same email as a file (RFC 5322), with every link crossed out, recorded before it is given. Fails with `not-found` if
 * there is none, and with `bad-input` if the reason does not fit.
 */
export async function exportConfirmation(
  ports: ConsentPorts & RecordPorts,
  operatorId: number,
  { signUpId, reason }: { readonly signUpId: number; readonly reason: Reason },
): Promise<Buffer> {
  if (!CONSENT_EXPORT_REASONS.includes(reason)) throw new AppError('bad-input', phrase('desk.errors.no-reason'))
  const signUp = await signUpOf(ports, signUpId)
  const { email } = await viewConsent(ports, signUpId)
  const rebuilt = email && (await rebuildConfirmation(ports, signUp))
  if (rebuilt === null) throw noConsent()
  const { learnerId } = signUp
  await ports.store.transaction(async (unit) => {
    // What was read before may be deleted by now.
    if ((await unit.signUps.byId(signUpId)) === null) throw noConsent()
    const details = { consent: signUpId }
    await recordAct(ports, unit, { operatorId, act: 'export-consent', learnerId, reason, details })
  })
  return masked(rebuilt)
}

/** The email that asked to confirm, as it was built last before a handover; null if nothing was kept of it. */
export async function rebuildConfirmation(
  ports: Pick<Ports, 'archive' | 'sealer' | 'store'>,
  { id, learnerId }: Pick<SignUp, 'id' | 'learnerId'>,
): Promise<RebuiltEmail | null> {
  const { archive, store } = ports
  const kept = await store.confirmationEmails.find(id)
  const learner = await store.learners.byId(learnerId)
  if (kept === null || learner === null) return null
  const opened = await learnerSealer(ports, store, learnerId).open(keptContext(id), kept.sealed)
  const { packed, ...rest } = JSON.parse(opened) as KeptConfirmation
  const form = archive.expand(kept.form)
  const message = archive.unpack(Buffer.from(packed, 'base64'), form, learner.address)
  const isWhole = sha256(message) === rest.sha256
  return {
    ...rest,
    isWhole,
    message: isWhole ? message : archive.unpack(Buffer.from(packed, 'base64'), form, null),
  }
}

function masked({ message, tokens }: RebuiltEmail): Buffer {
  return Buffer.from(maskTokens(message.toString('latin1'), tokens), 'latin1')
}

async function textOf(ports: ConsentPorts, signUp: SignUp): Promise<string | null> {
  const kept = await ports.store.confirmationEmails.find(signUp.id)
  return kept?.wording ? ports.archive.expand(kept.wording).toString() : wordingOf(ports, signUp)
}

async function signUpOf({ store }: Pick<Ports, 'store'>, id: number): Promise<SignUp> {
  const signUp = await store.signUps.byId(id)
  if (signUp === null) throw noConsent()
  return signUp
}

function noConsent(): AppError {
  return new AppError('not-found', phrase('desk.errors.no-consent'))
}
