import { AppError } from '../../core/errors.ts'
import { readViewToken } from '../find-by-link.ts'
import type { Ports } from '../ports/ports.ts'
import { learnerSealer } from '../security/learner-sealer.ts'
import { chooseEmail } from './choose-email.ts'

/**
 * A mail that was sent, as HTML. Changes nothing, whoever opens it. Chosen anew by the same rules as when it was sent, so
 * that what has become discreet, was held back or deleted meanwhile is not shown by an old link. What a learner wrote,
 * or answered in a self-assessment, is never in it. Fails with `bad-link` or `gone`.
 */
export async function viewEmail(ports: Ports, token: string): Promise<string> {
  const { id, kind, endsAt } = readViewToken(ports, token)
  const now = ports.clock.now()
  const row = await ports.store.deliveries.byId(id)
  if (!row || row.firstHandoverAt === null || (endsAt !== null && now >= endsAt)) throw gone()
  const enrolment = row.enrolmentId === null ? null : await ports.store.enrolments.byId(row.enrolmentId)
  const choice = await chooseEmail(ports, row, enrolment, learnerSealer(ports, ports.store, row.learnerId), endsAt)
  if (choice.kind !== 'mail' || choice.mail.kind !== kind) throw gone()
  // The plan comes from answers, and the link alone must not show what they led to.
  const { plan: _plan, ...mail } = choice.mail
  const { view: _view, ...links } = mail.links
  return ports.composer.show({ ...mail, date: kind === 'already-active' ? now : mail.date, links })
}

function gone(): AppError {
  return new AppError('gone', 'This email can no longer be shown.')
}
