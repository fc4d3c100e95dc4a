import { readFileSync } from 'node:fs'
import type { Clock, Log } from './flow/ports/ports.ts'

/** The machine's two clocks, so that a test can move each by hand. */
export interface MachineClocks {
  /** Milliseconds since the epoch; may jump. */
  wall(): number
  /** Milliseconds since some moment; never jumps, but may stand still while the machine sleeps. */
  monotonic(): number
  /** Milliseconds since the machine started, sleep included; null where it cannot be told. */
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

/** A wall clock that runs this far from the steady one has been set, not corrected. */
const JUMP_MS = 30_000
/** Less than this is the jitter between two clocks read one after the other. */
const CORRECTION_MS = 50
/** A jump that persists this long is accepted as the correct time. */
const ACCEPT_JUMP_AFTER_MS = 30 * 60_000

/**
 * A clock that a jump of the machine's clock does not move: neither a burst of lessons that are not due nor a repeat of a
 * day follows from somebody setting the time. Small corrections are taken at once, a machine that slept is believed, and a
 * jump that stays is believed after half an hour.
 */
export function createSteadyClock(machine: MachineClocks, log: Log): Clock {
  let anchorWall = machine.wall()
  let anchorMonotonic = machine.monotonic()
  let anchorUptime = machine.uptime()
  let jump: { readonly at: number; readonly by: number } | null = null
  /** The latest instant told: a small correction backwards is waited out, so that no instant comes twice. */
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
      // Each further jump has its own half hour.
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
