import { readFileSync } from 'node:fs'
import type { Clock, Log } from './flow/ports.ts'

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
/** A jump that lasts this long is believed. */
const BELIEVE_AFTER_MS = 30 * 60_000

/**
 * A clock that a jump of the machine's clock does not move: neither a burst of lessons that are not due nor a repeat of a
 * day follows from somebody setting the time. Small corrections are taken at once, a machine that slept is believed, and a
 * jump that stays is believed after half an hour.
 */
export function createSteadyClock(machine: MachineClocks, log: Log): Clock {
  let anchorWall = machine.wall()
  let anchorMonotonic = machine.monotonic()
  let anchorUptime = machine.uptime()
  let jumpedAt: number | null = null

  const believe = (wall: number, monotonic: number) => {
    anchorWall = wall
    anchorMonotonic = monotonic
    anchorUptime = machine.uptime()
    jumpedAt = null
  }

  return {
    now() {
      const wall = machine.wall()
      const monotonic = machine.monotonic()
      const steady = anchorWall + (monotonic - anchorMonotonic)
      const drift = wall - steady
      if (Math.abs(drift) < JUMP_MS) {
        if (jumpedAt !== null) log.warn({}, "the machine's clock is back where it was")
        jumpedAt = null
        // Follows the wall clock forwards; backwards it waits, so that no instant comes twice.
        if (drift > 0) believe(wall, monotonic)
        return Math.round(Math.max(wall, steady))
      }
      const uptime = machine.uptime()
      if (uptime !== null && anchorUptime !== null && Math.abs(wall - anchorWall - (uptime - anchorUptime)) < JUMP_MS) {
        believe(wall, monotonic)
        return wall
      }
      if (jumpedAt === null) {
        jumpedAt = monotonic
        log.error(
          { byMs: Math.round(drift) },
          "the machine's clock jumped; lessons keep to the time before the jump for half an hour. Check the time service (NTP)",
        )
      }
      if (monotonic - jumpedAt >= BELIEVE_AFTER_MS) {
        log.warn({ byMs: Math.round(drift) }, "the machine's clock stayed where it jumped to: it is believed now")
        believe(wall, monotonic)
        return wall
      }
      return Math.round(steady)
    },
  }
}
