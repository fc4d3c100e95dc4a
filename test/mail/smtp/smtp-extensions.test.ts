import { expect, test } from '@jest/globals'
import { readExtensions } from '../../../src/mail/smtp/smtp-extensions.ts'

test.each([
  ['SIZE 5000', 5000],
  ['size 5000', 5000],
  ['SIZE 99999999999999999999', 1e20],
  ['SIZE', 0],
  ['SIZE 0', 0],
  ['SIZE -5', 0],
  ['SIZE 0x10', 0],
  ['SIZE 1e1', 0],
  ['SIZE 1.5', 0],
  ['SIZE many', 0],
  ['SIZE=10', 0],
])('%s announces a limit of %i bytes; none for 0 (RFC 1870 section 4)', (line, maxSize) => {
  expect(readExtensions(`250-relay.example\n250-${line}\n250 PIPELINING`)).toMatchObject({ maxSize, pipelining: true })
})
