import {
  COMPLAINTS_HOLD,
  DEAD_ADDRESSES_HOLD,
  meetsThreshold,
  type Threshold,
} from '../../core/sending/pause-evidence.ts'
import type { Ports } from '../ports/ports.ts'
import type { BounceKind } from '../ports/report-ports.ts'
import { collectEvidence } from './collect-evidence.ts'
import { pauseForRejections } from './sending-state.ts'

const DAY_MS = 86_400_000
/** The window slides by whole days, so that it needs only the sum of a few rows. */
export const WINDOW_DAYS = 7

/**
 * Warnings, which change nothing, count everybody: Amazon SES reviews accounts at 5 % bounces, and half of Gmail's 0.1
 * % for complaints is close to its limit. Rates of few messages mean little, so warnings also require two or five
 * people, and at least a hundred messages. For what pauses sending, see core/sending/pause-evidence.ts.
 */
const COMPLAINTS = { warn: 0.0005, minPeople: 2, hold: COMPLAINTS_HOLD, kind: 'complaint' } as const
const BOUNCES = { warn: 0.05, minPeople: 5, hold: DEAD_ADDRESSES_HOLD, kind: 'dead' } as const
const MIN_MESSAGES = 100

export interface SenderReputation {
  readonly sent: number
  readonly bounced: number
  readonly complained: number
  /** Complaints and dead addresses per message sent in the window; 0 if nothing was sent. */
  readonly complaintRate: number
  readonly bounceRate: number
  readonly level: 'fine' | 'warn' | 'pause'
  /** What to do about it; '' if nothing. */
  readonly say: string
}

/** Days since the epoch, UTC. */
export function utcDay(now: number): number {
  return Math.floor(now / DAY_MS)
}

/** Complaint and bounce rates of the last seven days. */
export async function senderReputation(ports: Pick<Ports, 'store'>, now: number): Promise<SenderReputation> {
  const figures = await ports.store.reputation.since(firstDayOfWindow(now))
  const rate = (count: number) => (figures.sent === 0 ? 0 : count / figures.sent)
  const [complaintRate, bounceRate] = [rate(figures.complained), rate(figures.bounced)]
  const isMany = figures.sent >= MIN_MESSAGES
  const [complaints, bounces] = isMany
    ? await Promise.all([
        levelOf(ports, now, figures.sent, figures.complained, COMPLAINTS),
        levelOf(ports, now, figures.sent, figures.bounced, BOUNCES),
      ])
    : (['fine', 'fine'] as const)
  const level = [complaints, bounces].includes('pause')
    ? 'pause'
    : [complaints, bounces].includes('warn')
      ? 'warn'
      : 'fine'
  const say = [
    complaints === 'fine'
      ? ''
      : `${percent(complaintRate)} of ${figures.sent} messages in ${WINDOW_DAYS} days were complained about: look at who signs up and how, at the last subject lines, and whether stopping is easy to find.`,
    bounces === 'fine'
      ? ''
      : `${percent(bounceRate)} of ${figures.sent} messages in ${WINDOW_DAYS} days met a dead address: look for sign-ups made by machines and for mistyped addresses.`,
  ]
    .filter((part) => part !== '')
    .join(' ')
  return { ...figures, complaintRate, bounceRate, level, say }
}

/** Called after each complaint or dead address: warns, or pauses all sending until an operator resumes it. */
export async function checkReputation(ports: Pick<Ports, 'clock' | 'store' | 'log'>): Promise<void> {
  const { level, say, ...figures } = await senderReputation(ports, ports.clock.now())
  if (level === 'fine') return
  if (level === 'warn')
    ports.log.warn(
      figures,
      `${say} At ${percent(COMPLAINTS_HOLD.share)} complaints of confirmed learners sending pauses.`,
    )
  else await pauseForRejections(ports, say, null)
}

interface Limits {
  readonly warn: number
  readonly minPeople: number
  readonly hold: Threshold
  readonly kind: BounceKind
}

async function levelOf(
  ports: Pick<Ports, 'store'>,
  now: number,
  sent: number,
  people: number,
  limits: Limits,
): Promise<SenderReputation['level']> {
  const evidence = await collectEvidence(ports, limits.kind, await evidenceSince(ports, now), sent, limits.hold)
  if (evidence !== null && meetsThreshold(evidence, limits.hold)) return 'pause'
  return people >= sent * limits.warn && people >= limits.minPeople ? 'warn' : 'fine'
}

/** Evidence from before sending was resumed does not count again. */
async function evidenceSince(ports: Pick<Ports, 'store'>, now: number): Promise<number> {
  const { state, since } = await ports.store.sendingState.status()
  const first = firstDayOfWindow(now) * DAY_MS
  return state === 'open' ? Math.max(first, since) : first
}

function firstDayOfWindow(now: number): number {
  return utcDay(now) - WINDOW_DAYS + 1
}

function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(3))}%`
}
