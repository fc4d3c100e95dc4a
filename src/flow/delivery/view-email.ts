import { ALL_EMAIL_KINDS, EMAIL_KINDS } from '../../core/delivery/email-kinds.ts'
import { AppError } from '../../core/errors.ts'
import { LINKS } from '../../core/security/links.ts'
import { phrase } from '../../core/words.ts'
import { badLink } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import { chooseEmail } from './choice/choose-email.ts'

/**
 * A sent email as HTML. Opening it changes nothing. The email is chosen again by the same rules as when it was
 * sent, so that an old link does not show what has since become discreet, restricted or deleted. It never contains what
 * a learner wrote or answered in a self-assessment. Fails with `bad-link` or `gone`.
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
  const details = await ports.store.deliveries.details(link.deliveryId)
  if (!details || details.row.firstHandoverAt === null || (endsAt !== null && now >= endsAt)) throw gone()
  const sealer = learnerSealer(ports, ports.store, details.learner.id, details.dataKey)
  const choice = await chooseEmail(ports, details, sealer, endsAt)
  if (choice.kind !== 'email' || choice.email.kind !== kind) throw gone()
  // The plan is derived from answers, and the link alone must not reveal them.
  const { plan: _plan, ...email } = choice.email
  const { view: _view, ...links } = email.links
  const date = EMAIL_KINDS[kind].shownAsOf === 'now' ? now : email.date
  return ports.composer.show({ ...email, date, links })
}

function gone(): AppError {
  return new AppError('gone', phrase('delivery.email-gone'))
}
