import { expect, test } from '@jest/globals'
import { withoutAddresses } from '../../../src/core/text/redact-addresses.ts'

test.each([
  ['554 5.7.1 <ada@example.org>: Recipient address rejected', '554 5.7.1 <address> Recipient address rejected'],
  ['550 ada@example.org unknown', '550 <address> unknown'],
  ['550-one\r\n550 two', '550-one 550 two'],
  ['no address', 'no address'],
  ['554 5.7.1 listed: https://course.example/l/AQEBT1OWCWxvfA9n7B72Iob-jQ (URIBL)', '554 5.7.1 listed: <link> (URIBL)'],
  ['554 course.example/l/AQEBT1OWCWxvfA9n7B72Iob-jQ, and/or others', '554 <link> and/or others'],
])('%j', (text, shown) => {
  expect(withoutAddresses(text)).toBe(shown)
})

test('a long reply is truncated', () => {
  expect(withoutAddresses('a@b '.repeat(1_000_000)).length).toBeLessThan(2_000)
})
