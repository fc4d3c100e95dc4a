import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  complaintsAddress,
  deliveryTag,
  readDeliveryTag,
  readReturnAddress,
  returnPathOf,
  unsubscribeAddress,
} from '../../../src/core/reports/return-address.ts'
import { deriveKeys } from '../../../src/core/security/keys.ts'
import { signLink } from '../../../src/core/security/link-token.ts'

const keys = deriveKeys('a secret that only tests know, 0123456789')
const others = deriveKeys('another secret, that somebody else knows')
const DOMAIN = 'bounces.course.example'

test('a return path gives back the delivery it was made for, in whatever case it returns', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (id) => {
      const address = returnPathOf(keys, id, DOMAIN)
      expect(address.split('@')[0]?.length).toBeLessThanOrEqual(64)
      expect(readReturnAddress(keys, address, DOMAIN)).toEqual({ kind: 'bounce', deliveryId: id })
      expect(readReturnAddress(keys, address.toUpperCase(), DOMAIN)).toEqual({ kind: 'bounce', deliveryId: id })
    }),
  )
})

describe('an address is not believed', () => {
  const good = returnPathOf(keys, 17, DOMAIN)
  test.each([
    ['of another delivery with the same MAC', good.replace('bounce+17-', 'bounce+18-')],
    ['with a changed letter', good.replace(/.@/, (end) => (end[0] === 'a' ? 'b@' : 'a@'))],
    ['with a leading zero', good.replace('bounce+17-', 'bounce+017-')],
    ['without a MAC', `bounce+17@${DOMAIN}`],
    ['of another domain', good.replace(DOMAIN, 'elsewhere.example')],
    ['made with another secret', returnPathOf(others, 17, DOMAIN)],
    ['that is plain', `postmaster@${DOMAIN}`],
    ['for complaints, without the MAC', `complaints+aaaaaaaaaaaaaaaa@${DOMAIN}`],
    ['to unsubscribe, of a lesson link', unsubscribeAddress(signLink(keys, 'lesson', [17]), DOMAIN)],
    ['to unsubscribe, of no token', `unsubscribe+00ff@${DOMAIN}`],
    ['that is empty', ''],
  ])('%s', (_what, address) => {
    expect(readReturnAddress(keys, address, DOMAIN)).toBeNull()
  })
})

test('a wish to stop by mail carries the token of the stop link through servers that change case', () => {
  const token = signLink(keys, 'stop', [123_456_789])
  const address = unsubscribeAddress(token, DOMAIN)
  expect(address.split('@')[0]?.length).toBeLessThanOrEqual(64)
  expect(readReturnAddress(keys, address.toUpperCase(), DOMAIN)).toEqual({ kind: 'unsubscribe', token })
})

test('the address for feedback loops is known again', () => {
  expect(readReturnAddress(keys, complaintsAddress(keys, DOMAIN), DOMAIN)).toEqual({ kind: 'complaints' })
})

test('a tag is believed with its own MAC only', () => {
  expect(readDeliveryTag(keys, deliveryTag(keys, 5))).toBe(5)
  expect(readDeliveryTag(others, deliveryTag(keys, 5))).toBeNull()
})
