import type { AssessmentAnswers } from '../../core/assessment/assessment.ts'
import type { Ports } from '../ports/ports.ts'
import { openTicket, sealTicket, type TicketKind } from '../security/ticket.ts'
import type { StartApplied } from './answer-starting-point.ts'

const OUTCOME: TicketKind = {
  context: 'an outcome on its way back to the browser that was shown it',
  // Enough for twelve questions with every box ticked.
  bytes: 2048,
  // Just long enough to read the page.
  lifetimeMs: 30 * 60_000,
}

/** What the outcome page is rendered from. */
export interface ShownOutcome {
  readonly answers: AssessmentAnswers
  /** The effect on a learner's course; null for a visitor without one. */
  readonly applied: StartApplied | null
}

interface Content extends ShownOutcome {
  readonly course: string
}

/**
 * Encrypts the outcome for the page that shows it. Reloading the page sends the ticket back and shows the same outcome. It is
 * stored nowhere else and changes nothing.
 */
export function sealOutcome(
  ports: Pick<Ports, 'clock' | 'sealer'>,
  course: string,
  { answers, applied }: ShownOutcome,
): string {
  return sealTicket(ports, OUTCOME, { course, answers, applied } satisfies Content)
}

/** The content of a ticket, or null if it was not made here, is too old, or belongs to another course. */
export function openOutcome(
  ports: Pick<Ports, 'clock' | 'sealer'>,
  ticket: string,
  course: string,
): ShownOutcome | null {
  const content = openTicket(ports, OUTCOME, ticket) as Content | null
  return content?.course === course ? content : null
}
