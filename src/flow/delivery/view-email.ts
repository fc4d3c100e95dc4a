import { ALL_EMAIL_KINDS, EMAIL_KINDS } from '../../core/delivery/email-kinds.ts'
import { AppError } from '../../core/errors.ts'
import { LINKS } from '../../core/security/links.ts'
import { badLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import { chooseEmail } from './choose-email.ts'

/**
 * An email that was sent, as HTML. Changes nothing, whoever opens it. Chosen anew by the same rules as when it was sent, so
 * that what has become discreet, was held back or deleted meanwhile is not shown by an old link. What a learner wrote,
 * or answered in a self-assessment, is never in it. Fails with `bad-link` or `gone`.
 */
export async function viewEmail(
  ports: Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer' | 'settings' | 'composer'>,
  token: string,
): Promise<string> {
  const link = LINKS.view.read(ports.keys, token)
  const kind = ALL_EMAIL_KINDS.find((one) => EMAIL_KINDS[one].number === link?.emailNumber)
  if (link === null || kind === undefined) throw badLink()
  const endsAt = link.endsAt ?? null
  const now = ports.clock.now()
  const row = await ports.store.deliveries.byId(link.deliveryId)
  if (!row || row.firstHandoverAt === null || (endsAt !== null && now >= endsAt)) throw gone()
  const enrolment = row.enrolmentId === null ? null : await ports.store.enrolments.byId(row.enrolmentId)
  const choice = await chooseEmail(ports, row, enrolment, learnerSealer(ports, ports.store, row.learnerId), endsAt)
  if (choice.kind !== 'email' || choice.email.kind !== kind) throw gone()
  // The plan comes from answers, and the link alone must not show what they led to.
  const { plan: _plan, ...email } = choice.email
  const { view: _view, ...links } = email.links
  const date = EMAIL_KINDS[kind].shownAsOf === 'now' ? now : email.date
  return ports.composer.show({ ...email, date, links })
}

function gone(): AppError {
  return new AppError('gone', 'This email can no longer be shown.')
}
