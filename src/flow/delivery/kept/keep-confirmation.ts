import { createHash } from 'node:crypto'
import type { Course } from '../../../core/course/course.ts'
import type { EmailKind } from '../../../core/delivery/email-kinds.ts'
import type { Delivery } from '../../../core/model.ts'
import type { EmailToCompose, OutgoingMessage, Ports } from '../../ports/ports.ts'
import type { SharedText } from '../../ports/sign-up-ports.ts'
import type { LearnerSealer } from '../../security/learner-sealer.ts'

type KeepPorts = Pick<Ports, 'archive' | 'composer' | 'store'>

/** Emails with the button that is a consent. */
const CONFIRMATIONS: readonly EmailKind[] = ['confirm', 'welcome-back']

/** What is sealed of a confirmation email. */
export interface KeptConfirmation {
  /** SHA-256 of the message, hex. */
  readonly sha256: string
  /** Whatever in it opens or stops something. */
  readonly tokens: readonly string[]
  /** What makes the form this message, base64. */
  readonly packed: string
}

/**
 * Keeps what a confirmation email is rebuilt from, byte for byte, whatever becomes of the course, the layout and the keys. Call
 * it before the handover; other emails are not kept. The recipient is left out: a former address is deleted in time.
 */
export async function keepConfirmation(
  ports: KeepPorts,
  sealer: LearnerSealer,
  row: Delivery,
  email: EmailToCompose,
  message: OutgoingMessage,
): Promise<void> {
  const { signUpId } = row
  if (signUpId === null || !CONFIRMATIONS.includes(email.kind)) return
  const form = await formOf(ports, email)
  const kept: KeptConfirmation = {
    sha256: sha256(message.raw),
    tokens: tokensOf(email.links),
    packed: Buffer.from(ports.archive.pack(message.raw, form.text)).toString('base64'),
  }
  const sealed = await sealer.seal(keptContext(signUpId), JSON.stringify(kept))
  await ports.store.transaction(async (unit) => {
    // Another worker has taken over, and keeps its own.
    if ((await unit.deliveries.byId(row.id))?.fence !== row.fence) return
    const signUp = await unit.signUps.byId(signUpId)
    if (signUp === null) return
    const { consent } = email.course
    const isShown = signUp.wording.split('+')[0] === consent.version
    const wording = isShown ? shared(ports, Buffer.from(consent.text)) : null
    // A second copy repeats the first.
    const replaces = row.firstHandoverAt === null
    await unit.confirmationEmails.keep(signUpId, { form, wording, sealed }, { replaces })
  })
}

export function keptContext(signUpId: number): string {
  return JSON.stringify(['confirmation email', { signUp: signUpId }])
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

type Form = SharedText & { readonly text: Uint8Array }

/** While their course is in use; it differs by kind and form alone. */
const forms = new WeakMap<Course, Map<string, Promise<Form>>>()

/** The same email to nobody. */
function formOf(ports: KeepPorts, email: EmailToCompose): Promise<Form> {
  const ofCourse = forms.get(email.course) ?? new Map<string, Promise<Form>>()
  forms.set(email.course, ofCourse)
  const links = Object.keys(email.links).sort().join()
  const key = `${email.kind} ${email.discreet} ${email.short ?? false} ${links}`
  const known = ofCourse.get(key)
  if (known !== undefined) return known
  const made = composeForm(ports, email)
  ofCourse.set(key, made)
  made.catch(() => ofCourse.delete(key))
  return made
}

async function composeForm(ports: KeepPorts, { envelopeFrom, deliveryTag, ...email }: EmailToCompose): Promise<Form> {
  const nowhere = 'https://host.invalid/'
  const { mailToStop, help, view, own } = email.links
  const message = await ports.composer.compose({
    ...email,
    ...{ to: 'nobody@host.invalid', name: '', date: 0, messageId: 'none@host.invalid', timeZone: 'UTC' },
    links: {
      ...{ open: nowhere, stop: nowhere, oneClickStop: nowhere },
      ...(mailToStop !== undefined && { mailToStop: 'nobody@host.invalid' }),
      ...(help !== undefined && { help }),
      ...(view !== undefined && { view: nowhere }),
      ...(own !== undefined && { own: { days: nowhere, settings: nowhere } }),
    },
  })
  const text = Uint8Array.from(message.raw)
  message.release?.()
  return { ...shared(ports, text), text }
}

function shared({ archive }: Pick<Ports, 'archive'>, text: Uint8Array): SharedText {
  return { hash: sha256(text), packed: archive.shrink(text) }
}

/** What the paths of the links end with, and the local part of the address at which an email stops the course. */
function tokensOf({ open, stop, oneClickStop, mailToStop, view, own }: EmailToCompose['links']): readonly string[] {
  const links = [open, stop, oneClickStop, view, own?.days].filter((link) => link !== undefined)
  const mailed = mailToStop?.match(/\+([^@]+)@/)?.[1]
  const tokens = [...links.map((link) => link.split('/').at(-1)), mailed]
  return [...new Set(tokens.filter((token) => token !== undefined && token !== ''))] as string[]
}
