import type { AssessmentAnswers } from '../../core/assessment/assessment.ts'
import { AppError } from '../../core/errors.ts'
import type { Ports } from '../ports/ports.ts'
import type { StartApplied } from './answer-starting-point.ts'

const CONTEXT = 'an outcome on its way back to the browser that was shown it'
/** Just long enough to read the page. */
const LIFETIME_MS = 30 * 60_000
/** No learner has this id. */
const NOBODY = 0
/** Enough for twelve questions with every box ticked. The fixed size reveals nothing about the answers. */
const PLAIN_BYTES = 2048

/** What the outcome page is rendered from. */
export interface ShownOutcome {
  readonly answers: AssessmentAnswers
  /** The effect on a learner's course; null for a visitor without one. */
  readonly applied: StartApplied | null
}

interface Plain extends ShownOutcome {
  readonly course: string
  /** Ms UTC. */
  readonly madeAt: number
}

/**
 * Encrypts the outcome for the page that shows it: opaque, short-lived and of a fixed size. Reloading the page sends
 * the ticket back and shows the same outcome. It is stored nowhere else and changes nothing.
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

/** The content of a ticket, or null if it was not made here, is too old, or belongs to another course. */
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
