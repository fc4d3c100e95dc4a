import type { Clock } from '../../src/flow/ports/ports.ts'

/** A clock that only moves when a test moves it. Instants are ms since the epoch, UTC. */
export interface ManualClock extends Clock {
  set(instant: number | string): void
  advance(ms: number): void
}

export function createManualClock(start: number | string = '2026-03-02T09:00:00Z'): ManualClock {
  let now = toInstant(start)
  return {
    now: () => now,
    set(instant) {
      now = toInstant(instant)
    },
    advance(ms) {
      now += ms
    },
  }
}

function toInstant(value: number | string): number {
  return typeof value === 'number' ? value : Date.parse(value)
}
