import type { Course } from '../../../core/course/course.ts'
import type { EMAIL_KINDS, EmailKind } from '../../../core/delivery/email-kinds.ts'
import type { Delivery, DeliveryKind, Enrolment, Variant } from '../../../core/model.ts'
import type { LinkValues } from '../../../core/security/links.ts'
import type { StoredStart } from '../../ports/enrolment-ports.ts'
import type { EmailToCompose, Ports } from '../../ports/ports.ts'
import type { LearnerSealer } from '../../security/learner-sealer.ts'

/** What a row sends. `web-only`: no email, because the learner reads on the web; the page opens. */
export type EmailChoice =
  | { readonly kind: 'email'; readonly email: EmailToCompose }
  | { readonly kind: 'web-only'; readonly course: Course; readonly variant: Variant }
  | NoEmail

export interface NoEmail {
  readonly kind: 'none'
  readonly reason: string
}

/** The row to choose for, with its kind, enrolment and starting point. `sealer` belongs to its learner. */
export interface ChoiceRequest<Kind extends DeliveryKind = DeliveryKind> {
  readonly kind: Kind
  readonly row: Delivery
  readonly enrolment: Enrolment | null
  readonly start: StoredStart
  readonly sealer: LearnerSealer
}

type LinkOf<Kind extends EmailKind, Place extends 'open' | 'stop'> = LinkValues[(typeof EMAIL_KINDS)[Kind][Place]]

/** An email without its address. `open` and `stop` describe the links its kind contains. */
export type EmailContent<Kind extends EmailKind = EmailKind> = Omit<
  EmailToCompose,
  'kind' | 'to' | 'date' | 'messageId' | 'links'
> & {
  readonly kind: Kind
  readonly open: LinkOf<Kind, 'open'>
  readonly stop: LinkOf<Kind, 'stop'>
  /** The path of the help page, if the email links to one. */
  readonly help?: string
}

/** Whether the link that this row is to bring was used up before it could be sent, as a change of address does. */
export async function isLinkOver({ store }: Pick<Ports, 'store'>, { id, firstHandoverAt }: Delivery): Promise<boolean> {
  return firstHandoverAt === null && (await store.emailedLinks.find(id))?.isUsed === true
}

export function noEmail(reason: string): NoEmail {
  return { kind: 'none', reason }
}
