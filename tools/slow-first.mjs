// The slowest test files first, also those of which Jest does not know yet how long they take, as on a machine where they never
// ran: it would start some of the slowest last, and one core would wait for them.
import { relative } from 'node:path'
import TestSequencer from '@jest/test-sequencer'
import { root } from './node-version.mjs'

/** Seconds that they take beside others, from ten up. */
const SLOW = {
  'test/browser/whole-week.test.ts': 45,
  'test/start.test.ts': 45,
  'test/bench/run.test.ts': 40,
  'test/faults/redis-outages.test.ts': 40,
  'test/faults/smtp-replies.test.ts': 40,
  'test/faults/kills.test.ts': 40,
  'test/faults/frozen.test.ts': 30,
  'test/faults/blocked.test.ts': 30,
  'test/browser/tracks.test.ts': 30,
  'test/faults/seal-forms.test.ts': 30,
  'test/browser/assessment.test.ts': 25,
  'test/web/in-a-browser.test.ts': 25,
  'test/faults/named-points.test.ts': 25,
  'test/faults/sqlite-locked.test.ts': 25,
  'test/browser/desk.test.ts': 25,
  'test/browser/own-session.test.ts': 20,
  'test/npm-start.test.ts': 20,
  'test/browser/start-page.test.ts': 20,
  'test/browser/pseudo-languages.test.ts': 20,
  'test/faults/relay.test.ts': 20,
  'test/faults/race.test.ts': 20,
  'test/faults/postgres.test.ts': 20,
  'test/faults/postgres-connections.test.ts': 15,
  'test/local/embedded-mailbox.test.ts': 15,
  'test/journey/crawler.test.ts': 15,
  'test/mail/smtp/shared-pace.test.ts': 15,
  'test/faults/clock.test.ts': 15,
  'test/web/security/forms-in-a-browser.test.ts': 10,
  'test/browser/care.test.ts': 10,
  'test/journey/no-difference.test.ts': 10,
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
