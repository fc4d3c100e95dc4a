import { forgetEvents } from './apply-event.ts'
import { forgetSignUps } from './forget-sign-ups.ts'
import type { Ports } from './ports.ts'
import { forgetMailboxes, knowMailboxes } from './requested-mail.ts'
import { rewriteFile } from './rewrite-file.ts'
import { sealForms } from './seal-forms.ts'
import { forgetSessions } from './sessions.ts'
import { settleAllShortEmails } from './short-emails.ts'

/** What is done in the background now and then, beside sending: nothing is kept longer, or more openly, than it should be. */
export async function doUpkeep(ports: Ports, signal: AbortSignal): Promise<void> {
  await forgetEvents(ports)
  await forgetMailboxes(ports)
  await forgetSessions(ports)
  await knowMailboxes(ports, signal)
  await settleAllShortEmails(ports, signal)
  await sealForms(ports, signal)
  await forgetSignUps(ports, signal)
  if (!signal.aborted) await rewriteFile(ports)
}
