import {
  NO_STARTING_POINT,
  packStartingPoint,
  type StartingPoint,
  unpackStartingPoint,
} from '../../core/assessment/starting-point.ts'
import { AppError } from '../../core/errors.ts'
import type { Enrolment, Variant } from '../../core/model.ts'
import type { StoredStart } from '../ports/enrolment-ports.ts'
import type { Ports } from '../ports/ports.ts'
import type { Repositories } from '../ports/store-ports.ts'
import { type LearnerSealer, learnerSealer } from '../security/learner-sealer.ts'

/** What an outcome page hands to the sign-up form, and gets back from it. */
export interface StartTicket {
  readonly course: string
  readonly start: StartingPoint
}

/** Whose starting point it is: opened as another's, it fails. */
export type StartOwner = { readonly signUp: number } | { readonly enrolment: number }

const TICKET_CONTEXT = 'starting point on its way to the sign-up form'
/** Long enough for a page left open overnight. */
const TICKET_LIFETIME_MS = 24 * 3_600_000
/** No learner has this id: a ticket belongs to nobody yet. */
const NOBODY = 0

/** An opaque text of one size for a hidden field: nobody can read what it holds or make one up. */
export function sealTicket(ports: Pick<Ports, 'clock' | 'sealer'>, ticket: StartTicket): string {
  const key = ports.sealer.newDataKey(NOBODY)
  // Beside the JSON and not within it, where each of its quotation marks would take one byte more.
  const head = JSON.stringify({ course: ticket.course, madeAt: ports.clock.now() })
  const plain = `${head}\n${packStartingPoint(ticket.start)}`
  return Buffer.concat([
    Buffer.from([key.length]),
    key,
    ports.sealer.seal(key, NOBODY, TICKET_CONTEXT, plain),
  ]).toString('base64url')
}

/** The ticket, or null when it was not made here, is too old, or is for another course. */
export function openTicket(ports: Pick<Ports, 'clock' | 'sealer'>, text: string, course: string): StartTicket | null {
  const bytes = Buffer.from(text, 'base64url')
  const keyEnd = 1 + (bytes[0] ?? 0)
  try {
    const plain = ports.sealer.open(bytes.subarray(1, keyEnd), NOBODY, TICKET_CONTEXT, bytes.subarray(keyEnd))
    const [head = '', packed] = plain.split('\n', 2)
    const ticket = JSON.parse(head) as { course: string; madeAt: number }
    if (ticket.course !== course || ports.clock.now() >= ticket.madeAt + TICKET_LIFETIME_MS) return null
    return { course, start: packed === undefined ? startOfEarlierTicket(head) : unpackStartingPoint(packed) }
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** A page that was open during an upgrade has a ticket with all in one object, and the form beside the starting point. */
function startOfEarlierTicket(head: string): StartingPoint {
  const { start, track, overlays } = JSON.parse(head) as { start: string } & Variant
  return { ...unpackStartingPoint(start), variant: { track, overlays } }
}

/** Sealed for its owner. `sealer`: that of the learner. */
export function sealStart(sealer: LearnerSealer, owner: StartOwner, start: StartingPoint): Promise<Uint8Array> {
  return sealer.seal(contextOf(owner), packStartingPoint(start))
}

/** What was kept for this owner; an empty starting point where nothing was. */
export async function openStart(sealer: LearnerSealer, owner: StartOwner, stored: StoredStart): Promise<StartingPoint> {
  const start =
    stored.sealed === null ? NO_STARTING_POINT : unpackStartingPoint(await sealer.open(contextOf(owner), stored.sealed))
  return stored.plain === null ? start : { ...start, variant: stored.plain }
}

/** The form this learner reads, what their enrolment holds back, and the plan to be mailed. `sealer`: that of the learner. */
export async function startingPointOfEnrolment(
  ports: Pick<Ports, 'sealer'>,
  unit: Repositories,
  enrolment: Pick<Enrolment, 'id' | 'learnerId'>,
  sealer: LearnerSealer = learnerSealer(ports, unit, enrolment.learnerId),
): Promise<StartingPoint> {
  return openStart(sealer, { enrolment: enrolment.id }, await unit.enrolments.startingPoint(enrolment.id))
}

export async function keepStartingPoint(
  ports: Pick<Ports, 'sealer'>,
  unit: Repositories,
  enrolment: Pick<Enrolment, 'id' | 'learnerId'>,
  start: StartingPoint,
): Promise<void> {
  const sealed = await sealStart(learnerSealer(ports, unit, enrolment.learnerId), { enrolment: enrolment.id }, start)
  await unit.enrolments.setStartingPoint(enrolment.id, sealed)
}

function contextOf(owner: StartOwner): string {
  return JSON.stringify(['starting point', owner])
}
