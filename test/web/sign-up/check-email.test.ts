import { describe, expect, test } from '@jest/globals'
import { phrase } from '../../../src/core/words.ts'
import { checkEmail } from '../../../src/web/sign-up/check-email.ts'
import { ENGLISH } from '../../core/language/sample-words.ts'

describe('an email address', () => {
  test.each([
    ['ana@example.org', 'ana@example.org'],
    ['  ana@example.org ', 'ana@example.org'],
    ['Ana.B+week@Example.ORG', 'Ana.B+week@example.org'],
    ["o'neil@example.org", "o'neil@example.org"],
    ['ana@bücher.example', 'ana@xn--bcher-kva.example'],
  ])('%j is taken as %j', (typed, address) => {
    expect(checkEmail(typed)).toEqual({ address })
  })

  test.each([
    ['nothing', ''],
    ['no @', 'ana.example.org'],
    ['no domain', 'ana@'],
    ['no name', '@example.org'],
    ['a domain without a dot', 'ana@localhost'],
    ['an IP address as its domain', 'ana@127.0.0.1'],
    ['an IP literal', 'ana@[127.0.0.1]'],
    ['two addresses', 'ana@example.org, eve@example.org'],
    ['two addresses with a semicolon', 'ana@example.org;eve@example.org'],
    ['two @', 'ana@eve@example.org'],
    ['a group', 'friends:ana@example.org;'],
    ['a display name', 'Ana <ana@example.org>'],
    ['a quoted name that hides a list', '"ana@example.org,eve"@example.org'],
    ['a header after a line break', 'ana@example.org\r\nBcc: eve@example.org'],
    ['a line break alone', 'ana@example.org\n'],
    ['a null byte', 'ana\u0000@example.org'],
    ['a Unicode line separator', 'ana\u2028@example.org'],
    ['a sign without width', 'an\u200ba@example.org'],
    ['a name in other letters', 'añá@example.org'],
    ['a name of 65 signs', `${'a'.repeat(65)}@example.org`],
    ['255 signs', `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.example.orgs`],
    ['two dots', 'ana..b@example.org'],
    ['a comment', 'ana(at home)@example.org'],
    ['a routing percent with a space', 'ana b@example.org'],
  ])('with %s is refused with a sentence', (_, typed) => {
    const checked = checkEmail(typed)
    expect('say' in checked && ENGLISH.of(checked.say)).toMatch(/\w.*[.?]$/)
  })

  test('never grows past 254 signs by its domain in ASCII', () => {
    const typed = `${'a'.repeat(60)}@${'ü'.repeat(50)}.${'ü'.repeat(50)}.${'ü'.repeat(50)}.${'ü'.repeat(50)}.example`
    expect(checkEmail(typed)).toEqual({ say: phrase('sign-up.email-too-long', { max: 254 }) })
  })
})
