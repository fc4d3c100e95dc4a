import type { Ports } from './ports.ts'
import { streamMinded } from './stream.ts'

const DAY_MS = 86_400_000
/** The window slides by whole days, so that it costs the sum of a few rows. */
export const WINDOW_DAYS = 7

/**
 * Gmail wants a spam rate below 0.1%, and never 0.3% (support.google.com/a/answer/81126); the pause comes before that.
 * A rate alone says little of few messages: one complaint among ten is 10%, and still one person. So a warning takes
 * two people and a pause three, and at least a hundred messages in the window.
 */
const COMPLAINTS = { warn: 0.0005, pause: 0.0008, peopleToWarn: 2, peopleToPause: 3 }
/** Amazon SES reviews accounts at 5% and may stop them at 10% (SES developer guide, "Reputation metrics messages"). */
const BOUNCES = { warn: 0.05, pause: 0.1, peopleToWarn: 5, peopleToPause: 10 }
const MIN_MESSAGES = 100

export interface Standing {
  readonly sent: number
  readonly bounced: number
  readonly complained: number
  /** Complaints, and addresses found dead, for each message sent within the window; 0 where nothing was sent. */
  readonly complaintRate: number
  readonly bounceRate: number
  readonly level: 'fine' | 'warn' | 'pause'
  /** What to do about it; '' when all is well. */
  readonly say: string
}

/** Days since the epoch, UTC. */
export function dayOf(now: number): number {
  return Math.floor(now / DAY_MS)
}

/** How recipients take our mail, over the last seven days. */
export async function standing(ports: Ports, now: number): Promise<Standing> {
  const figures = await ports.store.reputation.since(dayOf(now) - WINDOW_DAYS + 1)
  const rate = (count: number) => (figures.sent === 0 ? 0 : count / figures.sent)
  const [complaintRate, bounceRate] = [rate(figures.complained), rate(figures.bounced)]
  const isEnough = figures.sent >= MIN_MESSAGES
  const complaints = isEnough ? levelOf(complaintRate, figures.complained, COMPLAINTS) : 'fine'
  const bounces = isEnough ? levelOf(bounceRate, figures.bounced, BOUNCES) : 'fine'
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

/** After each complaint or dead address: warns, or pauses everything until a person has looked. */
export async function checkReputation(ports: Ports): Promise<void> {
  const { level, say, ...figures } = await standing(ports, ports.clock.now())
  if (level === 'fine') return
  if (level === 'warn') ports.log.warn(figures, `${say} At ${percent(COMPLAINTS.pause)} complaints sending pauses.`)
  else await streamMinded(ports, say, null)
}

type Limits = typeof COMPLAINTS

function levelOf(rate: number, people: number, limits: Limits): Standing['level'] {
  if (rate >= limits.pause && people >= limits.peopleToPause) return 'pause'
  return rate >= limits.warn && people >= limits.peopleToWarn ? 'warn' : 'fine'
}

function percent(rate: number): string {
  return `${Number((rate * 100).toFixed(3))}%`
}
