import { readFileSync } from 'node:fs'
import type { Clock, Log } from './flow/ports/ports.ts'

/** The system's clocks, replaceable so that tests can set each one. */
export interface MachineClocks {
  /** Milliseconds since the epoch; may jump. */
  wall(): number
  /** Milliseconds since an arbitrary start. Never jumps, but may stop while the machine sleeps. */
  monotonic(): number
  /** Milliseconds since boot, including sleep; null if unknown. */
  uptime(): number | null
}

export const machineClocks: MachineClocks = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  uptime() {
    try {
      return Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1_000
    } catch {
      return null
    }
  },
}

/** A wall clock that differs this much from the monotonic one was set, not corrected. */
const JUMP_MS = 30_000
/** Smaller differences are jitter from reading the two clocks one after the other. */
const CORRECTION_MS = 50
/** A jump that persists this long is accepted as the correct time. */
const ACCEPT_JUMP_AFTER_MS = 30 * 60_000

/**
 * A clock that ignores jumps of the system clock, so that setting the time neither sends lessons that are not due nor
 * repeats a day. Small corrections and the time spent asleep apply at once, a lasting jump after half an hour.
 */
export function createSteadyClock(machine: MachineClocks, log: Log): Clock {
  let anchorWall = machine.wall()
  let anchorMonotonic = machine.monotonic()
  let anchorUptime = machine.uptime()
  let jump: { readonly at: number; readonly by: number } | null = null
  /** The latest time returned: time stays here during a small correction backwards, so that it never runs backwards. */
  let latest = anchorWall

  const reanchor = (wall: number, monotonic: number) => {
    anchorWall = wall
    anchorMonotonic = monotonic
    anchorUptime = machine.uptime()
    jump = null
  }

  return {
    now() {
      const wall = machine.wall()
      const monotonic = machine.monotonic()
      const steady = anchorWall + (monotonic - anchorMonotonic)
      const drift = wall - steady
      if (Math.abs(drift) < JUMP_MS) {
        if (jump !== null) log.warn({}, 'the system clock has returned to normal')
        jump = null
        if (Math.abs(drift) > CORRECTION_MS) reanchor(wall, monotonic)
        latest = Math.max(latest, wall)
        return latest
      }
      const uptime = machine.uptime()
      if (uptime !== null && anchorUptime !== null && Math.abs(wall - anchorWall - (uptime - anchorUptime)) < JUMP_MS) {
        reanchor(wall, monotonic)
        latest = Math.max(latest, wall)
        return latest
      }
      // Each further jump starts its own half hour.
      if (jump === null || Math.abs(drift - jump.by) >= JUMP_MS) {
        jump = { at: monotonic, by: drift }
        log.error(
          { byMs: Math.round(drift) },
          "the machine's clock jumped; lessons keep to the time before the jump for half an hour. Check the time service (NTP)",
        )
      }
      if (monotonic - jump.at >= ACCEPT_JUMP_AFTER_MS) {
        log.warn({ byMs: Math.round(drift) }, 'the system clock stayed at its new time and is accepted now')
        reanchor(wall, monotonic)
        latest = wall
        return latest
      }
      latest = Math.max(latest, Math.round(steady))
      return latest
    },
  }
}
