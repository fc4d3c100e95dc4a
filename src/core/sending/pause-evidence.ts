/** Evidence that the sender is at fault. Counts only learners who confirmed an enrolment, and their domains. */
export interface Evidence {
  /** Distinct mailboxes, regardless of spelling. */
  readonly learners: number
  /** Distinct registrable domains of these learners. */
  readonly domains: number
  /** Messages sent in the same period. */
  readonly sent: number
}

/** A threshold is met when all of its parts are. */
export interface Threshold {
  readonly learners: number
  readonly domains: number
  /** Ratio of learners to messages sent. */
  readonly share: number
  /** Minimum number of messages for the ratio to be meaningful. */
  readonly messages: number
}

/**
 * Anybody can sign up any number of addresses and forge a report about each, so unconfirmed sign-ups do not count, nor
 * do many learners of one domain. Policy rejections pause sending temporarily from three learners at three domains, if
 * they are a twentieth of a day's messages, and until an operator resumes from ten learners at five domains, a tenth.
 * So three people with mailboxes at three domains can delay a small course by minutes, but cannot stop it.
 */
export const POLICY_PAUSE: Threshold = { learners: 3, domains: 3, share: 0.05, messages: 0 }
export const POLICY_HOLD: Threshold = { learners: 10, domains: 5, share: 0.1, messages: 0 }

/**
 * Gmail requires a spam rate below 0.1 %, never 0.3 % or more (support.google.com/a/answer/81126); the pause comes
 * before that.
 */
export const COMPLAINTS_HOLD: Threshold = { learners: 5, domains: 5, share: 0.0008, messages: 100 }
/** Amazon SES may suspend accounts at 10 % (SES developer guide, "Reputation metrics messages"). */
export const DEAD_ADDRESSES_HOLD: Threshold = { learners: 10, domains: 5, share: 0.1, messages: 100 }

/**
 * The relay rejects everybody: it has accepted nothing since the first of these rejections, so they are all of the
 * volume.
 */
export const REFUSALS_PAUSE: Threshold = { learners: 5, domains: 3, share: 1, messages: 0 }

export function meetsThreshold(evidence: Evidence, threshold: Threshold): boolean {
  return (
    evidence.learners >= learnersNeeded(threshold, evidence.sent) &&
    evidence.domains >= threshold.domains &&
    evidence.sent >= threshold.messages
  )
}

/** The number of learners needed at this volume. */
export function learnersNeeded({ learners, share }: Threshold, sent: number): number {
  return Math.max(learners, Math.ceil(sent * share))
}

const DAY_MS = 86_400_000

/** Estimates the messages of the last 24 hours from counts by UTC day, assuming that yesterday's were spread evenly. */
export function sentWithinDay(counts: { today: number; yesterday: number }, now: number): number {
  const passed = (now % DAY_MS) / DAY_MS
  return Math.round(counts.today + counts.yesterday * (1 - passed))
}

/** Second-level labels under which country registries register names (as in example.co.uk). */
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
 * An approximation of the registrable domain, because its owner can create any number of names below it. Where it is
 * wrong, it merges different owners, which requires more evidence.
 */
export function registrableDomain(domain: string): string {
  const labels = domain.toLowerCase().replace(/\.$/, '').split('.')
  const [second = '', top = ''] = labels.slice(-2)
  return labels.slice(top.length === 2 && SECOND_LEVEL.has(second) ? -3 : -2).join('.')
}
