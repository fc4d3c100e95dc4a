// The order of the test files where Jest does not know yet how long each takes, as on a machine where they never ran: by its
// own lights it would start some of the slowest last, and one core would wait for them.
import { relative } from 'node:path'
import TestSequencer from '@jest/test-sequencer'
import { root } from './node-version.mjs'

/** From twenty-five seconds up in a run of all, the slowest first. */
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
