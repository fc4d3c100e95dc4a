import { expect, test } from '@jest/globals'
import { tokenOf } from '../../../src/core/security/confirmation-token.ts'
import { deriveKeys } from '../../../src/core/security/keys.ts'
import { signLink } from '../../../src/core/security/link-token.ts'
import { withoutAddresses } from '../../../src/core/text/redact-addresses.ts'

test.each([
  ['554 5.7.1 <ada@example.org>: Recipient address rejected', '554 5.7.1 <address> Recipient address rejected'],
  ['550 ada@example.org unknown', '550 <address> unknown'],
  ['550-one\r\n550 two', '550-one 550 two'],
  ['no address', 'no address'],
  ['554 5.7.1 listed: https://course.example/l/AQEBT1OWCWxvfA9n7B72Iob-jQ (URIBL)', '554 5.7.1 listed: <link> (URIBL)'],
  ['554 course.example/l/AQEBT1OWCWxvfA9n7B72Iob-jQ, and/or others', '554 <link> and/or others'],
  ['554 blocked https%3A%2F%2Fcourse.example%2Fl%2FAQEBT1OWCWxvfA9n7B72Iob-jQ', '554 blocked <link>'],
  ['554 url=course.example%2fconfirm%2fxyz', '554 <link>'],
  ['554 suspicious token "AQEBT1OWCWxvfA9n7B72Iob-jQ"', '554 suspicious token <link>'],
  ['554 near AgEBT1OWCWxvfA9n7B72Iob-jQ', '554 near <link>'],
  ['554 near 3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs', '554 near <link>'],
  [
    '250 2.0.0 OK  1709370000 d2e1a72fcca58-7cb59d1f0c0si2345678plb.123 - gsmtp',
    '250 2.0.0 OK 1709370000 d2e1a72fcca58-7cb59d1f0c0si2345678plb.123 - gsmtp',
  ],
  [
    '250 Ok 0100018f2b3c4d5e-a1b2c3d4-e5f6-7890-abcd-ef1234567890-000000',
    '250 Ok 0100018f2b3c4d5e-a1b2c3d4-e5f6-7890-abcd-ef1234567890-000000',
  ],
  ['250 2.0.0 Ok: queued as 4TqXyz3bW1z9rxS', '250 2.0.0 Ok: queued as 4TqXyz3bW1z9rxS'],
])('%j', (text, shown) => {
  expect(withoutAddresses(text)).toBe(shown)
})

test('a long reply is truncated', () => {
  expect(withoutAddresses('a@b '.repeat(1_000_000)).length).toBeLessThan(2_000)
})

test('every kind of token is a link, with nothing before it', () => {
  const keys = deriveKeys('a secret that only tests know, 0123456789')
  const tokens = [
    signLink(keys, 'lesson', [1, 1]),
    signLink(keys, 'stop', [4_000_000]),
    signLink(keys, 'read', [7, 9], Date.UTC(2026, 2, 2)),
    tokenOf(keys, 'a nonce'),
  ]
  for (const token of tokens) expect(withoutAddresses(`554 see ${token}.`)).toBe('554 see <link>')
})
