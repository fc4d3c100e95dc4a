// The slowest test files first, also those of which Jest does not know yet how long they take, as on a machine where they never
// ran: it would start some of the slowest last, and one core would wait for them.
import { relative } from 'node:path'
import TestSequencer from '@jest/test-sequencer'
import { root } from './node-version.mjs'

/** Seconds that they take alone, from ten up. */
const SLOW = {
  'test/browser/whole-week.test.ts': 60,
  'test/browser/tracks.test.ts': 55,
  'test/browser/assessment.test.ts': 50,
  'test/faults/kills.test.ts': 50,
  'test/faults/frozen.test.ts': 45,
  'test/faults/redis-outages.test.ts': 40,
  'test/faults/smtp-replies.test.ts': 35,
  'test/faults/named-points.test.ts': 35,
  'test/start.test.ts': 35,
  'test/web/in-a-browser.test.ts': 30,
  'test/journey/crawler.test.ts': 25,
  'test/faults/sqlite-locked.test.ts': 20,
}
const OTHERS = 5
/** Compares times, which garbage collection in the large heap of a worker that ran other files would falsify. */
const IN_A_FRESH_WORKER = 'test/hostile-input.test.ts'

export default class SlowFirst extends TestSequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((one, other) => secondsOf(other) - secondsOf(one))
  }
}

function secondsOf({ path, duration }) {
  if (relative(root, path) === IN_A_FRESH_WORKER) return Number.POSITIVE_INFINITY
  return duration === undefined ? (SLOW[relative(root, path)] ?? OTHERS) : duration / 1000
}
