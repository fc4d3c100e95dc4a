// Orders the test files when Jest has no timings yet, such as on a new machine: by its own heuristic it would start
// some of the slowest last, leaving a core idle.
import { relative } from 'node:path'
import TestSequencer from '@jest/test-sequencer'
import { root } from './node-version.mjs'

/** Files that take 25 seconds or more in a full run, slowest first. */
const SLOW = [
  'test/browser/whole-week.test.ts',
  'test/browser/tracks.test.ts',
  'test/browser/assessment.test.ts',
  'test/faults/kills.test.ts',
  'test/faults/frozen.test.ts',
  'test/start.test.ts',
  'test/web/in-a-browser.test.ts',
  'test/faults/smtp-replies.test.ts',
  'test/faults/redis-outages.test.ts',
  'test/faults/named-points.test.ts',
  'test/journey/crawler.test.ts',
  'test/faults/sqlite-locked.test.ts',
]

export default class SlowFirst extends TestSequencer {
  sort(tests) {
    const order = super.sort(tests)
    if (order.some(({ duration }) => duration !== undefined)) return order
    return [...order].sort((one, other) => rank(one) - rank(other))
  }
}

function rank({ path }) {
  const at = SLOW.indexOf(relative(root, path))
  return at < 0 ? SLOW.length : at
}
