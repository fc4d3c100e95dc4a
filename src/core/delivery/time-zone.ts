import { Temporal } from 'temporal-polyfill'

/**
 * Abbreviations that people type, with the zones they may mean, where there are several or the runtime would guess
 * wrong.
 */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  ACST: ['Australia/Adelaide', 'Australia/Darwin'],
  AEST: ['Australia/Brisbane', 'Australia/Sydney'],
  AST: ['America/Halifax', 'Asia/Riyadh'],
  AWST: ['Australia/Perth'],
  BRT: ['America/Sao_Paulo'],
  BST: ['Europe/London', 'Asia/Dhaka'],
  CAT: ['Africa/Maputo', 'Africa/Harare'],
  CDT: ['America/Chicago'],
  CEST: ['Europe/Berlin', 'Europe/Paris'],
  CST: ['America/Chicago', 'Asia/Shanghai'],
  EAT: ['Africa/Nairobi'],
  EDT: ['America/New_York'],
  EEST: ['Europe/Athens', 'Europe/Helsinki'],
  HKT: ['Asia/Hong_Kong'],
  IST: ['Asia/Kolkata', 'Europe/Dublin', 'Asia/Jerusalem'],
  JST: ['Asia/Tokyo'],
  KST: ['Asia/Seoul'],
  MDT: ['America/Denver'],
  MSK: ['Europe/Moscow'],
  NZST: ['Pacific/Auckland'],
  PDT: ['America/Los_Angeles'],
  PKT: ['Asia/Karachi'],
  PST: ['America/Los_Angeles', 'Asia/Manila'],
  SAST: ['Africa/Johannesburg'],
  SGT: ['Asia/Singapore'],
  WAT: ['Africa/Lagos'],
  WIB: ['Asia/Jakarta'],
}

/** Twice as long as the longest name. */
const MAX_LENGTH = 64

/**
 * Whether this is a name in the IANA time zone database (in any case) that the calendar supports. Offsets such as
 * +01:00 are rejected, because they have no daylight saving time. Aliases that only the runtime knows are rejected too:
 * it reads IST as Calcutta and BST as Dhaka, which few people mean.
 */
export function isKnownZone(name: string): boolean {
  if (name.length > MAX_LENGTH) return false
  return /^[A-Za-z][\w+-]*(\/[\w+-]+){0,2}$/.test(name) && isInCalendar(name) && isInRuntime(name)
}

/** Suggestions for a name that is not accepted: the zones somebody may have meant by it. */
export function zonesMeantBy(name: string): readonly string[] {
  if (name.length > MAX_LENGTH) return []
  const letters = name.trim().toUpperCase()
  return Object.hasOwn(MEANT, letters) ? (MEANT[letters] ?? []) : []
}

/**
 * The zone to calculate with: the stored name, the runtime's interpretation of it, or UTC. So learners still get
 * lessons if a new version no longer knows their zone.
 */
export function usableZone(name: string): string {
  if (isInCalendar(name) && isInRuntime(name)) return name
  const meant = runtimeName(name)
  return meant !== null && isInCalendar(meant) ? meant : 'UTC'
}

function isInCalendar(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

function isInRuntime(name: string): boolean {
  return runtimeName(name) !== null
}

function runtimeName(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}
