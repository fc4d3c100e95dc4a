/** Evidence that the sender is at fault. Only learners who confirmed an enrolment count, and their domains. */
export interface Evidence {
  /** Different mailboxes, whatever their spelling. */
  readonly learners: number
  /** Different registrable domains of those learners. */
  readonly domains: number
  /** Messages sent in the time the evidence comes from. */
  readonly sent: number
}

/** How much it takes; all of it must be there. */
export interface Threshold {
  readonly learners: number
  readonly domains: number
  /** Learners for each message sent. */
  readonly share: number
  /** A share of fewer messages than this says nothing. */
  readonly messages: number
}

/**
 * Anybody can sign up any number of addresses and forge a report about each, so unconfirmed sign-ups are no evidence, and
 * neither are many learners of one domain. Reports of a refusal for policy pause sending for a while from three learners of
 * three domains on, when they are a twentieth of a day's messages; until a person resumes from ten of five on, a tenth.
 * Three people with mailboxes at three providers, or three domains of their own, can thus delay a small course by minutes
 * and cannot stop it: what lasts until a person resumes takes five domains.
 */
export const POLICY_PAUSE: Threshold = { learners: 3, domains: 3, share: 0.05, messages: 0 }
export const POLICY_HOLD: Threshold = { learners: 10, domains: 5, share: 0.1, messages: 0 }

/** Gmail wants a spam rate below 0.1 %, and never 0.3 % (support.google.com/a/answer/81126); the pause comes before that. */
export const COMPLAINTS_HOLD: Threshold = { learners: 5, domains: 5, share: 0.0008, messages: 100 }
/** Amazon SES may stop accounts at 10 % (SES developer guide, "Reputation metrics messages"). */
export const DEAD_ADDRESSES_HOLD: Threshold = { learners: 10, domains: 5, share: 0.1, messages: 100 }

/** The relay itself refuses everybody: since the first of these refusals it has accepted nothing, which is the whole volume. */
export const REFUSALS_PAUSE: Threshold = { learners: 5, domains: 3, share: 1, messages: 0 }

export function meetsThreshold(evidence: Evidence, threshold: Threshold): boolean {
  return (
    evidence.learners >= learnersNeeded(threshold, evidence.sent) &&
    evidence.domains >= threshold.domains &&
    evidence.sent >= threshold.messages
  )
}

/** How many learners it takes at this volume. */
export function learnersNeeded({ learners, share }: Threshold, sent: number): number {
  return Math.max(learners, Math.ceil(sent * share))
}

const DAY_MS = 86_400_000

/** Messages of the last 24 hours, out of counts by UTC day; what yesterday sent is taken as spread over the day. */
export function sentWithinDay(counts: { today: number; yesterday: number }, now: number): number {
  const passed = (now % DAY_MS) / DAY_MS
  return Math.round(counts.today + counts.yesterday * (1 - passed))
}

/** Second-level labels under which registries of countries register (as in example.co.uk). */
const SECOND_LEVEL = new Set([
  'ac',
  'co',
  'com',
  'edu',
  'gen',
  'go',
  'gob',
  'gov',
  'gv',
  'ltd',
  'ne',
  'net',
  'nom',
  'or',
  'org',
])

/**
 * The domain somebody had to register, near enough: whoever owns one can make any number of names in it. Where it is wrong
 * it takes different owners for one, which asks for more evidence.
 */
export function registrableDomain(domain: string): string {
  const labels = domain.toLowerCase().replace(/\.$/, '').split('.')
  const [second = '', top = ''] = labels.slice(-2)
  return labels.slice(top.length === 2 && SECOND_LEVEL.has(second) ? -3 : -2).join('.')
}
