import { expect, test } from '@jest/globals'
import { maskTokens } from '../../../src/core/delivery/mask-tokens.ts'

test('crosses out a token wherever quoted-printable breaks its line, and keeps every other byte', () => {
  const token = 'Ab-9_z'
  for (let at = 0; at <= token.length; at += 1) {
    const broken = `${token.slice(0, at)}=\r\n${token.slice(at)}`
    const masked = maskTokens(`https://host/confirm/${broken}.\r\n`, [token])
    expect(masked).toHaveLength(`https://host/confirm/${broken}.\r\n`.length)
    expect(masked.replaceAll('=\r\n', '')).toBe('https://host/confirm/xxxxxx.\r\n')
  }
})

test('crosses out every one, every time, and nothing else', () => {
  expect(maskTokens('one two one a=\r\nb', ['one', 'two'])).toBe('xxx xxx xxx a=\r\nb')
  expect(maskTokens('nothing', [])).toBe('nothing')
})
