import { createHash } from 'node:crypto'
import { mac } from '../security/mac.ts'

/** Everything that leaves a line in the audit log. */
export const AUDIT_ACTS = [
  'sign-in',
  'end-session',
  'add-passkey',
  'remove-passkey',
  'print-link',
  'invite',
  'change-role',
  'remove-operator',
  'grant-answers',
  'revoke-answers',
  'hand-over-questions',
  'open-question',
  'draft-answer',
  'assign-question',
  'ask-second-look',
  'give-second-look',
  'send-answer',
  'close-question',
  'reopen-question',
  'block-questions',
  'unblock-questions',
  'add-passage',
  'change-passage',
  'remove-passage',
  'export-audit',
  'pause-sending',
  'resume-sending',
  'hold-sending',
  'release-sending',
  'settle-delivery',
  'settle-all',
  'retry-report',
  'drop-report',
  'retry-reports',
  'drop-reports',
  'retry-messages',
  'drop-messages',
  'import-suppressions',
  'export-suppressions',
  'resend',
  'pause-course',
  'resume-course',
  'stop-course',
  'change-hour',
  'change-zone',
  'change-pace',
  'move-lesson',
  'lift-suppression',
  'suppress',
  'correct-address',
  'export-person',
  'export-consent',
  'erase',
  'propose-publication',
  'remove-publication',
] as const
export type AuditAct = (typeof AUDIT_ACTS)[number]

/** Those that are about one learner's question, and tell that somebody asked, and what became of it. */
export const ACTS_ON_QUESTIONS: readonly AuditAct[] = [
  'open-question',
  'draft-answer',
  'assign-question',
  'ask-second-look',
  'give-second-look',
  'send-answer',
  'close-question',
  'reopen-question',
  'block-questions',
  'unblock-questions',
  'propose-publication',
  'remove-publication',
]

export function isAuditAct(text: string): text is AuditAct {
  return AUDIT_ACTS.some((act) => act === text)
}

/** Why an operator did something. */
export const REASONS = ['asked', 'mistake', 'abuse', 'trouble', 'test', 'law'] as const
export type Reason = (typeof REASONS)[number]

export function isReason(text: unknown): text is Reason {
  return REASONS.some((reason) => reason === text)
}

/** What else a line says: ids, roles, counts and settings, never an address or a name. */
export type AuditDetails = Readonly<Record<string, string | number>>

/** One line of the log. */
export interface AuditEntry {
  /** 1, 2, 3 ... without gaps. */
  readonly number: number
  /** ms UTC. */
  readonly at: number
  /** Null: somebody at the command line of the host. */
  readonly operatorId: number | null
  readonly act: AuditAct
  readonly learnerId: number | null
  readonly reason: Reason | null
  readonly details: AuditDetails
  /** Covers the note, which may be deleted; null if there was none. */
  readonly noteHash: string | null
  readonly previousHash: string
  readonly hash: string
}

/** The previous hash of the first line. */
export const CHAIN_START = createHash('sha256').update('').digest('base64url')

/**
 * The hash of a line: HMAC-SHA256 over the hash of the line before it and the canonical JSON of its own fields, base64url.
 * Keyed, so that write access to the database is not enough to continue or rebuild the chain.
 */
export function entryHash(key: Uint8Array, entry: Omit<AuditEntry, 'hash'>): string {
  const { previousHash, ...fields } = entry
  return mac(key, `${previousHash}\n${canonicalJson(fields)}`).toString('base64url')
}

/** The hash of a note. `salt` is deleted with the note, so that afterwards nobody can try out what it may have said. */
export function noteHash(key: Uint8Array, salt: string, note: string): string {
  return mac(key, `note\n${salt}\n${note}`).toString('base64url')
}

/** JSON with the keys of every object in order, without spaces: the same value always gives the same text. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`
}
