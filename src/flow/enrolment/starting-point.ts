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

/** What an outcome page passes to the sign-up form, which sends it back. */
export interface StartTicket {
  readonly course: string
  readonly start: StartingPoint
}

/** The owner of a starting point. It cannot be decrypted for a different owner. */
export type StartOwner = { readonly signUp: number } | { readonly enrolment: number }

const TICKET_CONTEXT = 'starting point on its way to the sign-up form'
/** Long enough for a page left open overnight. */
const TICKET_LIFETIME_MS = 24 * 3_600_000
/** No learner has this id; a ticket does not belong to anyone yet. */
const NOBODY = 0

/** An opaque text of fixed size for a hidden field. It can be neither read nor forged. */
export function sealTicket(ports: Pick<Ports, 'clock' | 'sealer'>, ticket: StartTicket): string {
  const key = ports.sealer.newDataKey(NOBODY)
  // The packed starting point follows the JSON, because inside it each quotation mark would need an extra byte.
  const head = JSON.stringify({ course: ticket.course, madeAt: ports.clock.now() })
  const plain = `${head}\n${packStartingPoint(ticket.start)}`
  return Buffer.concat([
    Buffer.from([key.length]),
    key,
    ports.sealer.seal(key, NOBODY, TICKET_CONTEXT, plain),
  ]).toString('base64url')
}

/** The ticket, or null if it was not made here, is too old, or belongs to another course. */
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

/**
 * A page opened before an upgrade still has a ticket that is one JSON object, with the variant beside the starting
 * point.
 */
function startOfEarlierTicket(head: string): StartingPoint {
  const { start, track, overlays } = JSON.parse(head) as { start: string } & Variant
  return { ...unpackStartingPoint(start), variant: { track, overlays } }
}

/** Encrypts a starting point for its owner. `sealer` belongs to the learner. */
export function sealStart(sealer: LearnerSealer, owner: StartOwner, start: StartingPoint): Promise<Uint8Array> {
  return sealer.seal(contextOf(owner), packStartingPoint(start))
}

/** The starting point stored for this owner; empty if there is none. */
export async function openStart(sealer: LearnerSealer, owner: StartOwner, stored: StoredStart): Promise<StartingPoint> {
  const start =
    stored.sealed === null ? NO_STARTING_POINT : unpackStartingPoint(await sealer.open(contextOf(owner), stored.sealed))
  return stored.plain === null ? start : { ...start, variant: stored.plain }
}

/**
 * The learner's variant, the restrictions of the enrolment, and the plan to be emailed. `sealer` belongs to the
 * learner.
 */
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
