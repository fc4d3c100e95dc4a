import { describe, expect, test } from '@jest/globals'
import {
  BOUNCE_REASONS,
  type BounceReason,
  type Consequence,
  consequenceOf,
  isPermanent,
  reasonOf,
} from '../../../src/core/reports/bounce-reason.ts'
import { growth } from '../../support/time-growth.ts'
import { COLLECTED, DOCUMENTED } from './bounce-wordings.ts'

describe('what another server says has a reason', () => {
  test.each<[string | null, string, BounceReason]>([
    ['5.1.1', 'smtp; 550 5.1.1 <x@example.test>: Recipient address rejected: User unknown', 'userunknown'],
    ['5.0.0', 'smtp; 550-5.1.1 The email account that you tried to reach does not exist.', 'userunknown'],
    [null, '550 No such user here', 'userunknown'],
    ['5.1.2', '', 'hostunknown'],
    ['5.4.4', 'Host or domain name not found. Name service error', 'hostunknown'],
    ['5.1.6', '', 'hasmoved'],
    ['5.1.10', '556 5.1.10 Recipient address has null MX', 'notaccept'],
    ['5.2.1', '550 5.2.1 The email account that you tried to reach is disabled', 'suspend'],
    ['4.2.2', '452 4.2.2 The email account that you tried to reach is over quota', 'mailboxfull'],
    ['5.2.2', '552 5.2.2 Mailbox full', 'mailboxfull'],
    [null, '550 mailbox quota exceeded', 'mailboxfull'],
    ['5.3.4', '552 5.3.4 Message size exceeds fixed limit', 'mesgtoobig'],
    [
      '5.7.26',
      '550 5.7.26 Unauthenticated email from course.example is not accepted due to DMARC policy',
      'authfailure',
    ],
    ['5.7.1', '550 5.7.1 SPF check failed', 'authfailure'],
    ['5.7.1', '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org', 'blocked'],
    ['5.7.1', '550 5.7.1 This message looks like spam', 'spamdetected'],
    ['5.7.1', '554 5.7.1 <x@example.test>: Relay access denied', 'norelaying'],
    ['5.7.1', '550 5.7.1 refused', 'policyviolation'],
    ['5.7.25', '550 5.7.25 The IP address does not have a PTR record', 'requireptr'],
    ['5.1.8', '501 5.1.8 Sender address rejected: Domain not found', 'rejected'],
    ['5.6.0', 'content refused', 'contenterror'],
    ['5.0.0', '554 virus found in the message', 'virusdetected'],
    ['4.4.7', 'delivery expired: message too old', 'expired'],
    ['4.4.1', 'connect to mx.example: Connection refused', 'networkerror'],
    ['4.3.1', 'insufficient system storage', 'systemfull'],
    ['4.7.0', 'too many messages, slow down', 'speeding'],
    ['5.0.0', '', 'undefined'],
    [null, 'it went wrong', 'undefined'],
    ['9.9.9', '\u0000', 'undefined'],
  ])('%s %s', (status, text, reason) => {
    expect(reasonOf({ status, text })).toBe(reason)
  })
})

describe.each([
  ['collected', COLLECTED],
  ['documented', DOCUMENTED],
] as const)('wordings that were %s', (_, rows) => {
  test.each(rows)('%s: %s %s', (_family, status, text, consequence) => {
    const failure = { status, text }
    expect(consequenceOf(reasonOf(failure), isPermanent(failure) ?? true)).toBe(consequence)
  })
})

test('a dead address is recognised whatever useless status stands beside it', () => {
  const dead = DOCUMENTED.filter(([, status, , consequence]) => consequence === 'dead' && status === '5.0.0')
  expect(dead.length).toBeGreaterThan(15)
  for (const [, , text] of dead)
    for (const status of [null, '5.0.0', '5.5.0', '5.3.0'])
      expect([text, status, consequenceOf(reasonOf({ status, text }), true)]).toEqual([text, status, 'dead'])
})

describe('what blames the sender or the moment never says that nobody is there', () => {
  const wordings = [
    'blocked by our spam policy',
    'message content rejected',
    'SPF check failed',
    'listed at zen.spamhaus.org',
    'greylisted',
    'please try again later',
    'temporarily unavailable',
    'too many messages',
    'sender address rejected',
    'relay access denied',
    'access denied',
    'HELO command rejected: host not found',
    'your account has been suspended',
    'Absenderadresse unbekannt',
    "adresse de l'expéditeur inexistante",
    'invalid address in From: header',
  ]
  test.each(wordings)('%s', (wording) => {
    for (const status of ['5.1.1', '5.1.2', '5.2.1', '5.0.0', '5.5.0', null])
      for (const text of [`550 ${wording}`, `550 ${status ?? ''} <x@example.org>: ${wording}`])
        expect([text, consequenceOf(reasonOf({ status, text }), true)]).not.toEqual([text, 'dead'])
  })
})

test('what a stranger wrote is looked at in time that its length does not change', async () => {
  const shapes = [
    '<',
    ' ',
    'a',
    '5.1.',
    '550 ',
    '@',
    'address ',
    'mailbox ',
    'user doesn',
    '<x@y>',
    '\n',
    'client host ',
  ]
  for (const shape of shapes) {
    const { isLinear, smallMs } = await growth(
      (text) => {
        for (let round = 0; round < 20; round += 1) {
          reasonOf({ status: text, text })
          isPermanent({ status: text, text })
        }
      },
      (size) => shape.repeat(size / shape.length),
      10_000,
    )
    // Slicing is all that grows.
    expect([shape, isLinear]).toEqual([shape, true])
    expect([shape, smallMs < 400]).toEqual([shape, true])
  }
})

test('a status or a reply code says whether a failure is for good, and nothing else does', () => {
  expect(isPermanent({ status: '5.1.1', text: '' })).toBe(true)
  expect(isPermanent({ status: '4.2.2', text: '550 whatever' })).toBe(false)
  expect(isPermanent({ status: null, text: 'host said: 550 no' })).toBe(true)
  expect(isPermanent({ status: null, text: 'smtp;451 later' })).toBe(false)
  expect(isPermanent({ status: null, text: 'Remote host said: 550-5.1.1 no' })).toBe(true)
  expect(isPermanent({ status: null, text: "Remote Server returned '550 5.1.10 not found'" })).toBe(true)
  expect(isPermanent({ status: null, text: '<<< 550 User unknown' })).toBe(true)
  expect(isPermanent({ status: null, text: 'first line\n550 No such user' })).toBe(true)
  expect(isPermanent({ status: null, text: 'room 550a, call 5551234' })).toBeNull()
  expect(isPermanent({ status: null, text: 'I am in room 550 until Monday' })).toBeNull()
  expect(isPermanent({ status: null, text: 'call extension 421 or 550 for urgent matters' })).toBeNull()
})

describe('every reason has a consequence', () => {
  const dead: readonly BounceReason[] = ['userunknown', 'hostunknown', 'hasmoved', 'notaccept', 'suspend', 'suppressed']
  const stream: readonly BounceReason[] = [
    'authfailure',
    'badreputation',
    'blocked',
    'contenterror',
    'failedstarttls',
    'norelaying',
    'notcompliantrfc',
    'policyviolation',
    'rejected',
    'requireptr',
    'securityerror',
    'spamdetected',
    'virusdetected',
  ]
  const expected = (reason: BounceReason): Consequence =>
    dead.includes(reason)
      ? 'dead'
      : stream.includes(reason)
        ? 'stream'
        : reason === 'mailboxfull'
          ? 'full'
          : reason === 'feedback'
            ? 'complaint'
            : 'soft'

  test.each(BOUNCE_REASONS)('%s', (reason) => {
    expect(consequenceOf(reason, true)).toBe(expected(reason))
    // What may pass harms nobody: neither a person nor the stream.
    const passing = consequenceOf(reason, false)
    expect(passing).toBe(['full', 'complaint'].includes(expected(reason)) ? expected(reason) : 'soft')
  })
})
