import { describe, expect, test } from '@jest/globals'
import {
  COMPLAINTS_HOLD,
  DEAD_ADDRESSES_HOLD,
  meetsThreshold,
  POLICY_HOLD,
  POLICY_PAUSE,
  REFUSALS_PAUSE,
  registrableDomain,
  sentWithinDay,
  type Threshold,
} from '../../../src/core/sending/pause-evidence.ts'

const thresholds: Readonly<Record<string, Threshold>> = {
  'pause for policy': POLICY_PAUSE,
  'hold for policy': POLICY_HOLD,
  'hold for complaints': COMPLAINTS_HOLD,
  'hold for dead addresses': DEAD_ADDRESSES_HOLD,
  'pause for refusals': REFUSALS_PAUSE,
}

describe('what it takes to pause sending', () => {
  test.each<[threshold: string, learners: number, domains: number, sent: number, meetsThreshold: boolean]>([
    // Nobody, one person, one domain.
    ['pause for policy', 0, 0, 0, false],
    ['pause for policy', 1, 1, 1, false],
    ['pause for policy', 2, 2, 10, false],
    ['pause for policy', 50, 1, 100, false],
    ['pause for policy', 50, 2, 100, false],
    ['pause for policy', 3, 3, 0, true],
    ['pause for policy', 3, 3, 60, true],
    // A share of the volume: a twentieth.
    ['pause for policy', 3, 3, 61, false],
    ['pause for policy', 49, 20, 1_000, false],
    ['pause for policy', 50, 20, 1_000, true],
    ['pause for policy', 100, 50, 1_000_000, false],
    ['hold for policy', 9, 9, 10, false],
    ['hold for policy', 10, 4, 10, false],
    ['hold for policy', 10, 5, 100, true],
    ['hold for policy', 10, 5, 101, false],
    ['hold for complaints', 3, 3, 100, false],
    ['hold for complaints', 4, 4, 1_000, false],
    ['hold for complaints', 5, 2, 1_000, false],
    ['hold for complaints', 5, 3, 99, false],
    ['hold for complaints', 5, 4, 100, false],
    ['hold for complaints', 5, 5, 99, false],
    ['hold for complaints', 5, 5, 100, true],
    ['hold for complaints', 7, 5, 10_000, false],
    ['hold for complaints', 8, 4, 10_000, false],
    ['hold for complaints', 8, 5, 10_000, true],
    ['hold for dead addresses', 9, 9, 100, false],
    ['hold for dead addresses', 10, 4, 100, false],
    ['hold for dead addresses', 10, 5, 100, true],
    ['hold for dead addresses', 99, 50, 1_000, false],
    ['hold for dead addresses', 100, 50, 1_000, true],
    ['pause for refusals', 4, 4, 4, false],
    ['pause for refusals', 5, 2, 5, false],
    ['pause for refusals', 5, 3, 5, true],
    // One that was accepted is enough to speak for the relay.
    ['pause for refusals', 5, 3, 6, false],
  ])('%s: %i learners at %i domains, %i sent: %s', (name, learners, domains, sent, expected) => {
    expect(meetsThreshold({ learners, domains, sent }, thresholds[name] as Threshold)).toBe(expected)
  })
})

test.each([
  ['example.org', 'example.org'],
  ['Mail.Example.ORG', 'example.org'],
  ['a.b.c.example.org.', 'example.org'],
  ['example.co.uk', 'example.co.uk'],
  ['mail.example.co.uk', 'example.co.uk'],
  ['other.co.uk', 'other.co.uk'],
  ['example.com.au', 'example.com.au'],
  ['example.de', 'example.de'],
  ['x.example.de', 'example.de'],
  // Names that one owner gives away count as that owner's.
  ['one.duckdns.org', 'duckdns.org'],
  ['two.duckdns.org', 'duckdns.org'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['localhost', 'localhost'],
])('%s was registered as %s', (domain, registered) => {
  expect(registrableDomain(domain)).toBe(registered)
})

test('the volume of the last 24 hours spans midnight', () => {
  const midnight = Date.parse('2026-03-02T00:00:00Z')
  const counts = { today: 10, yesterday: 240 }
  expect(sentWithinDay(counts, midnight)).toBe(250)
  expect(sentWithinDay(counts, midnight + 6 * 3_600_000)).toBe(190)
  expect(sentWithinDay(counts, midnight + 24 * 3_600_000 - 1)).toBe(10)
})
