import { forgetOperatorSessions } from '../desk/operator-session.ts'
import { backfillShortEmails } from '../enrolment/short-emails.ts'
import type { Ports } from '../ports/ports.ts'
import { declineOldProposals } from '../publication/decline-old-proposals.ts'
import { forgetReplies } from '../question/apply-replies.ts'
import { forgetQuestions } from '../question/forget-questions.ts'
import { forgetEvents } from '../reports/apply-event.ts'
import { forgetSessions } from '../security/sessions.ts'
import { backfillMailboxKeys, forgetMailboxes } from '../sending/requested-email.ts'
import { forgetSignUps } from '../sign-up/forget-sign-ups.ts'
import { rewriteFile } from './rewrite-file.ts'
import { sealForms } from './seal-forms.ts'

type UpkeepPorts = Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer' | 'log'>

const TASKS: readonly ((ports: UpkeepPorts, signal: AbortSignal) => Promise<unknown>)[] = [
  forgetEvents,
  forgetReplies,
  forgetMailboxes,
  forgetSessions,
  forgetOperatorSessions,
  backfillMailboxKeys,
  backfillShortEmails,
  sealForms,
  forgetSignUps,
  forgetQuestions,
  declineOldProposals,
  (ports) => rewriteFile(ports),
]

/**
 * Periodic background tasks for data retention and encryption. A task that fails does not prevent the others; the first
 * error is thrown at the end.
 */
export async function runUpkeep(ports: UpkeepPorts, signal: AbortSignal): Promise<void> {
  const failures: unknown[] = []
  for (const task of TASKS) {
    if (signal.aborted) break
    await task(ports, signal).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
}
