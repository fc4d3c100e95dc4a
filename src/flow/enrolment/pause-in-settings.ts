import type { Ports } from '../ports/ports.ts'
import { endPause, pauseEnrolment } from './pause.ts'
import { findForViewer } from './viewer.ts'

type PausePorts = Pick<Ports, 'clock' | 'store' | 'courses' | 'calendar' | 'keys' | 'sealer'>

/**
 * Pauses the course behind a lesson link until a local date (`2026-05-03`). Fails with `bad-link` or `gone`, and with
 * `bad-input` for a date that cannot be chosen or a course that is not running.
 */
export async function pauseInSettings(ports: PausePorts, token: string, date: string): Promise<void> {
  const { enrolment } = await findForViewer(ports, token, null)
  await ports.store.transaction((unit) => pauseEnrolment(ports, unit, enrolment, date, ports.clock.now()))
}

/** Ends a pause early. Changes nothing if there is none. Fails with `bad-link` or `gone`. */
export async function endPauseInSettings(ports: PausePorts, token: string): Promise<void> {
  const { enrolment } = await findForViewer(ports, token, null)
  await ports.store.transaction((unit) => endPause(ports, unit, enrolment, ports.clock.now()))
}
