import { findForViewer } from '../enrolment/viewer.ts'
import type { Ports } from '../ports/ports.ts'
import { renewRecoveryCode } from '../security/recovery-code.ts'
import { requireFreshSession } from '../security/sessions.ts'

type RecoveryPorts = Pick<Ports, 'clock' | 'store' | 'courses' | 'keys' | 'sealer'>

/** Replaces the recovery code, so that the former one opens nothing. Fails with `not-fresh`. */
export async function replaceRecoveryCode(ports: RecoveryPorts, token: string, session: string | null): Promise<void> {
  const { enrolment, viewer } = await findForViewer(ports, token, session)
  requireFreshSession(ports, viewer.session)
  await ports.store.transaction((unit) => renewRecoveryCode(ports, unit, enrolment.learnerId))
}

/** Whether somebody who reads on the web only gets an email when they ask for a way back. Fails with `not-fresh`. */
export async function allowWayBackEmail(
  ports: RecoveryPorts,
  token: string,
  session: string | null,
  allowed: boolean,
): Promise<void> {
  const { enrolment, viewer } = await findForViewer(ports, token, session)
  requireFreshSession(ports, viewer.session)
  await ports.store.learners.setWayBackEmail(enrolment.learnerId, allowed)
}
