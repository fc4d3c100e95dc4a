import type { Ports } from '../ports/ports.ts'
import { openTicket, sealTicket, type TicketKind } from '../security/ticket.ts'

const ASKED: TicketKind = { context: 'what the page after a question shows', bytes: 96, lifetimeMs: 30 * 60_000 }

interface Content {
  readonly enrolmentId: number
  readonly showsHelp: boolean
}

/**
 * Tells the page after a question whether help stands first on it. The address of the page, which stays in the browser's
 * history, looks the same in both cases.
 */
export function sealAsked(ports: Pick<Ports, 'clock' | 'sealer'>, enrolmentId: number, showsHelp: boolean): string {
  return sealTicket(ports, ASKED, { enrolmentId, showsHelp } satisfies Content)
}

/** False as well for a ticket that is too old, not valid, or of another enrolment. */
export function showsHelpAfterAsking(
  ports: Pick<Ports, 'clock' | 'sealer'>,
  enrolmentId: number,
  ticket: string,
): boolean {
  const content = openTicket(ports, ASKED, ticket) as Content | null
  return content?.enrolmentId === enrolmentId && content.showsHelp
}
