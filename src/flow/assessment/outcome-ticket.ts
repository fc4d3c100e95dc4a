import type { AssessmentAnswers } from '../../core/assessment/assessment.ts'
import { AppError } from '../../core/errors.ts'
import type { Ports } from '../ports/ports.ts'
import type { StartApplied } from './answer-starting-point.ts'

const CONTEXT = 'an outcome on its way back to the browser that was shown it'
/** Just long enough to read the page. */
const LIFETIME_MS = 30 * 60_000
/** No learner has this id. */
const NOBODY = 0
/** Twelve questions with every box ticked fit; the size of what is sealed tells nothing. */
const PLAIN_BYTES = 2048

/** What the page of an outcome is made of. */
export interface ShownOutcome {
  readonly answers: AssessmentAnswers
  /** What answering did to a learner's course; null for whoever has none. */
  readonly applied: StartApplied | null
}

interface Plain extends ShownOutcome {
  readonly course: string
  /** Ms UTC. */
  readonly madeAt: number
}

/**
 * What is behind an outcome, for the page that shows it: opaque outside this service, short-lived, of one size. A reload
 * hands it back and is shown the same outcome; it is kept nowhere else, and changes nothing.
 */
export function sealOutcome(
  ports: Pick<Ports, 'clock' | 'sealer'>,
  course: string,
  { answers, applied }: ShownOutcome,
): string {
  const key = ports.sealer.newDataKey(NOBODY)
  const plain: Plain = { course, answers, applied, madeAt: ports.clock.now() }
  const text = JSON.stringify(plain)
  const padded = text + ' '.repeat(Math.max(0, PLAIN_BYTES - Buffer.byteLength(text)))
  const sealed = ports.sealer.seal(key, NOBODY, CONTEXT, padded)
  return Buffer.concat([Buffer.from([key.length]), key, sealed]).toString('base64url')
}

/** What the outcome was made of, or null when the ticket was not made here, is too old, or is for another course. */
export function openOutcome(
  ports: Pick<Ports, 'clock' | 'sealer'>,
  ticket: string,
  course: string,
): ShownOutcome | null {
  const bytes = Buffer.from(ticket, 'base64url')
  const keyEnd = 1 + (bytes[0] ?? 0)
  try {
    const text = ports.sealer.open(bytes.subarray(1, keyEnd), NOBODY, CONTEXT, bytes.subarray(keyEnd))
    const plain = JSON.parse(text) as Plain
    return plain.course === course && ports.clock.now() < plain.madeAt + LIFETIME_MS ? plain : null
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}
