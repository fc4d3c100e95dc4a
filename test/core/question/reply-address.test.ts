import { expect, test } from '@jest/globals'
import { readReplyAddress, replyAddress } from '../../../src/core/question/reply-address.ts'
import { readReturnAddress, returnPathOf } from '../../../src/core/reports/return-address.ts'
import { deriveKeys } from '../../../src/core/security/keys.ts'

const keys = deriveKeys('a secret for tests')
const DOMAIN = 'reply.course.example'

test('a reply address names its delivery, in any case of letters, on its domain alone', () => {
  const address = replyAddress(keys, 42, DOMAIN)
  expect(address).toMatch(/^reply\+42-[a-z2-7]{16}@reply\.course\.example$/)
  expect(readReplyAddress(keys, address, DOMAIN)).toBe(42)
  expect(readReplyAddress(keys, address.toUpperCase(), DOMAIN)).toBe(42)
  expect(readReplyAddress(keys, address, 'other.example')).toBeNull()
})

test('an address that was not issued is none, and neither kind of address is one of the other', () => {
  const address = replyAddress(keys, 42, DOMAIN)
  for (const wrong of [
    address.replace('42', '43'),
    address.replace(/.@/, '@'),
    address.replace('reply+', ''),
    `reply+${'9'.repeat(300)}@${DOMAIN}`,
    '',
    '@',
  ])
    expect(readReplyAddress(keys, wrong, DOMAIN)).toBeNull()
  expect(readReplyAddress(deriveKeys('another secret'), address, DOMAIN)).toBeNull()
  // With the same number on the same domain.
  expect(readReturnAddress(keys, address.replace('reply+', 'bounce+'), DOMAIN)).toBeNull()
  expect(readReplyAddress(keys, returnPathOf(keys, 42, DOMAIN).replace('bounce+', 'reply+'), DOMAIN)).toBeNull()
})
