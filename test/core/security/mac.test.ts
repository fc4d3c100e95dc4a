import { createHmac } from 'node:crypto'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mac } from '../../../src/core/security/mac.ts'

/** RFC 4231, sections 4.2 to 4.8; 4.6 is of a truncated output. */
const VECTORS = [
  ['0b'.repeat(20), Buffer.from('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    Buffer.from('Jefe').toString('hex'),
    Buffer.from('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  ['aa'.repeat(20), Buffer.alloc(50, 0xdd), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    '0102030405060708090a0b0c0d0e0f10111213141516171819',
    Buffer.alloc(50, 0xcd),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    'aa'.repeat(131),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    'aa'.repeat(131),
    Buffer.from(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
] as const

test.each(VECTORS)('a key of RFC 4231 (%s) gives what the RFC says', (key, data, expected) => {
  expect(mac(Buffer.from(key, 'hex'), data).toString('hex')).toBe(expected)
})

test('equals Node’s own HMAC for any sequence of keys and texts', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 900 }), fc.uint8Array({ maxLength: 900 })), {
        minLength: 1,
      }),
      (key, texts) => {
        for (const text of texts)
          expect(mac(key, text).equals(createHmac('sha256', key).update(text).digest())).toBe(true)
      },
    ),
  )
})
