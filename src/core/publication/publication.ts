import { createHash } from 'node:crypto'
import { discreetCode } from '../course/public-pages.ts'
import { PROPOSAL_MS } from '../retention.ts'
import type { PublicationText } from './publication-text.ts'

/**
 * What has become of an author's wish to publish a question:
 * - `proposed`: the learner is asked; no answer within PROPOSAL_DAYS is a no
 * - `accepted`: it stands in the library
 * - `declined`: the learner said no, did not answer, or stopped the course
 * - `withdrawn`: the learner took it out of the library
 * - `removed`: an author took the proposal back, or the text out of the library
 */
export type PublicationState = 'proposed' | 'accepted' | 'declined' | 'withdrawn' | 'removed'

/** Instants are ms UTC. */
export interface Publication {
  readonly questionId: number
  /** Counts the texts that were proposed or changed; a yes is about one of them. */
  readonly version: number
  readonly state: PublicationState
  /** The author's text, under the learner's key. */
  readonly sealed: Uint8Array
  /** The same in the learner's own words; null if they changed none. */
  readonly changed: Uint8Array | null
  readonly proposedAt: number
  readonly decidedAt: number | null
  /** The email that asks. */
  readonly deliveryId: number | null
}

/** Whether the learner can still say yes. */
export function isOpenProposal({ state, proposedAt }: Pick<Publication, 'state' | 'proposedAt'>, now: number): boolean {
  return state === 'proposed' && now < proposedAt + PROPOSAL_MS
}

/** A refusal is final, also one by silence or by stopping. Only a proposal that an author took back can be made again. */
export function canPropose<P extends Pick<Publication, 'state' | 'proposedAt'>>(
  publication: P | null,
  now: number,
): publication is (P & { readonly state: 'proposed' | 'removed' }) | null {
  return publication === null || publication.state === 'removed' || isOpenProposal(publication, now)
}

/** Binds a sealed text to its question, and to whose words it has. */
export function publicationContext(questionId: number, of: 'author' | 'learner'): string {
  return JSON.stringify(['publication', questionId, of])
}

/** What a learner agreed to, as a hash: SHA-256 of the text and of who may read it. */
export function publicationHash(text: PublicationText, library: string): string {
  const { question, answer, followUp, secondAnswer, situation, language, article } = text
  const agreed = [question, answer, followUp, secondAnswer, situation, language, article, library]
  return createHash('sha256').update(JSON.stringify(agreed)).digest('base64url')
}

/** The last part of the discreet address of a published question. */
export function publishedCode(course: string, id: string): string {
  return discreetCode(course, { kind: 'question', name: id })
}
