import { expect, test } from '@jest/globals'
import { ehloName } from '../../../src/mail/smtp/ehlo-name.ts'

test.each([
  ['course.example', 'course.example'],
  ['localhost', 'localhost'],
  ['127.0.0.1', '[127.0.0.1]'],
  ['[::1]', '[IPv6:::1]'],
  ['2001:db8::1', '[IPv6:2001:db8::1]'],
  ['192.0.2.1.example', '192.0.2.1.example'],
])('%s calls itself %s (RFC 5321 section 4.1.3)', (host, name) => {
  expect(ehloName(host)).toBe(name)
})
