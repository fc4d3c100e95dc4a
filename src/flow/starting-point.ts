import { AppError } from '../core/errors.ts'
import type { Enrolment } from '../core/model.ts'
import {
  NO_STARTING_POINT,
  packStartingPoint,
  type StartingPoint,
  unpackStartingPoint,
} from '../core/starting-point.ts'
import type { Ports } from './ports.ts'
import type { Repositories } from './store-ports.ts'

/** What an outcome page hands to the sign-up form, and gets back from it. */
export interface StartTicket {
  readonly course: string
  readonly track: string | null
  readonly overlays: readonly string[]
  readonly start: StartingPoint
}

/** Whose starting point it is: opened as another's, it fails. */
export type StartOwner = { readonly signUp: number } | { readonly enrolment: number }

const TICKET_CONTEXT = 'starting point on its way to the sign-up form'
/** A page that stays open over night still works. */
const TICKET_LIFETIME_MS = 24 * 3_600_000
/** No learner has this id: a ticket belongs to nobody yet. */
const NOBODY = 0

/** An opaque text for a hidden field: nobody can read what it holds or make one up. */
export function sealTicket(ports: Ports, ticket: StartTicket): string {
  const key = ports.sealer.newDataKey(NOBODY)
  const plain = JSON.stringify({ ...ticket, start: packStartingPoint(ticket.start), madeAt: ports.clock.now() })
  return Buffer.concat([
    Buffer.from([key.length]),
    key,
    ports.sealer.seal(key, NOBODY, TICKET_CONTEXT, plain),
  ]).toString('base64url')
}

/** The ticket, or null when it was not made here, is too old, or is for another course. */
export function openTicket(ports: Ports, text: string, course: string): StartTicket | null {
  const bytes = Buffer.from(text, 'base64url')
  const keyEnd = 1 + (bytes[0] ?? 0)
  try {
    const plain = ports.sealer.open(bytes.subarray(1, keyEnd), NOBODY, TICKET_CONTEXT, bytes.subarray(keyEnd))
    const { madeAt, start, ...ticket } = JSON.parse(plain) as Omit<StartTicket, 'start'> & {
      start: string
      madeAt: number
    }
    if (ticket.course !== course || ports.clock.now() >= madeAt + TICKET_LIFETIME_MS) return null
    return { ...ticket, start: unpackStartingPoint(start) }
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** Sealed for its owner with the learner's own key. `unit`: inside a transaction the repositories handed to it. */
export async function sealStart(
  ports: Ports,
  unit: Repositories,
  learnerId: number,
  owner: StartOwner,
  start: StartingPoint,
): Promise<Uint8Array> {
  const dataKey = await unit.learners.dataKey(learnerId, () => ports.sealer.newDataKey(learnerId))
  return ports.sealer.seal(dataKey, learnerId, contextOf(owner), packStartingPoint(start))
}

/** What was sealed for this owner; an empty starting point where nothing was. */
export async function openStart(
  ports: Ports,
  unit: Repositories,
  learnerId: number,
  owner: StartOwner,
  sealed: Uint8Array | null,
): Promise<StartingPoint> {
  if (sealed === null) return NO_STARTING_POINT
  const dataKey = await unit.learners.dataKey(learnerId, () => ports.sealer.newDataKey(learnerId))
  return unpackStartingPoint(ports.sealer.open(dataKey, learnerId, contextOf(owner), sealed))
}

/** What this learner's enrolment holds back, and the plan to be mailed. */
export async function startingPointOfEnrolment(
  ports: Ports,
  unit: Repositories,
  enrolment: Pick<Enrolment, 'id' | 'learnerId'>,
): Promise<StartingPoint> {
  const sealed = await unit.enrolments.startingPoint(enrolment.id)
  return openStart(ports, unit, enrolment.learnerId, { enrolment: enrolment.id }, sealed)
}

export async function keepStartingPoint(
  ports: Ports,
  unit: Repositories,
  enrolment: Pick<Enrolment, 'id' | 'learnerId'>,
  start: StartingPoint,
): Promise<void> {
  const sealed = await sealStart(ports, unit, enrolment.learnerId, { enrolment: enrolment.id }, start)
  await unit.enrolments.setStartingPoint(enrolment.id, sealed)
}

function contextOf(owner: StartOwner): string {
  return JSON.stringify(['starting point', owner])
}
