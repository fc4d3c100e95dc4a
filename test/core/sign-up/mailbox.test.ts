import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { addressKey, deriveKeys, mailboxKey } from '../../../src/core/security/keys.ts'
import { mailboxOf } from '../../../src/core/sign-up/mailbox.ts'
import '../../support/property-seed.ts'
import { growth } from '../../support/time-growth.ts'

const keys = deriveKeys('a secret that only tests know, 0123456789')

describe('spellings of one mailbox are one', () => {
  test.each([
    [
      'victim@gmail.com',
      [
        'VICTIM@gmail.com',
        'victim@GMAIL.COM',
        'v.i.c.t.i.m@gmail.com',
        'vi.ctim@googlemail.com',
        'victim+news@gmail.com',
        'vic.tim+a+b@GoogleMail.com',
        'victim@gmail.com.',
        ' victim@gmail.com ',
        '"victim"@gmail.com',
        '"vic.tim"@gmail.com',
        '"v\\ictim"@gmail.com',
        'victim(work)@gmail.com',
        'victim@(a (nested) comment)gmail.com',
        'ｖｉｃｔｉｍ@gmail.com',
        'victim@ｇmail.com',
      ],
    ],
    [
      'ada@xn--bcher-kva.example',
      ['ada@bücher.example', 'ada@BÜCHER.example', 'ada@bu\u0308cher.example', 'Ada+x@XN--BCHER-KVA.example.'],
    ],
    ['ada@example.org', ['ADA@example.org', 'ada+1@example.org', '"ada"@example.org', 'ada @ example.org']],
    ['basename@yahoo.co.uk', ['basename-shop@yahoo.co.uk', 'BaseName-a-b@yahoo.co.uk']],
    ['name@ymail.com', ['name-tag@ymail.com']],
    ['ada.l@proton.me', ['adal@protonmail.com', 'a_d-a.l@pm.me']],
    ['ada@me.com', ['ada@icloud.com', 'ada@mac.com']],
    ['ada.l@yandex.ru', ['ada-l@ya.ru', 'ada.l@yandex.com']],
  ])('%s', (address, spellings) => {
    for (const spelling of spellings) {
      expect([spelling, mailboxOf(spelling)]).toEqual([spelling, mailboxOf(address)])
      expect(mailboxKey(keys, spelling)).toBe(mailboxKey(keys, address))
    }
  })

  test('and undocumented variants stay distinct', () => {
    const apart = [
      ['vic.tim@example.org', 'victim@example.org'],
      ['ada-l@example.org', 'ada@example.org'],
      ['ada@gmail.com', 'ada@gmail.com.example'],
      ['ada@yahoo.com', 'ada@yahoo.co.uk'],
      ['ada@notyahoo.com', 'ada-x@notyahoo.com'],
      ['+tag@example.org', '+other@example.org'],
    ] as const
    for (const [one, other] of apart) expect([one, mailboxOf(one)]).not.toEqual([one, mailboxOf(other)])
  })

  test('in any combination', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcdefghij0123'), minLength: 1, maxLength: 20 })
    const bits = fc.array(fc.boolean(), { minLength: 20, maxLength: 20 })
    const spelling = fc.record({ upper: bits, dots: bits, tag: fc.option(letters), old: fc.boolean() })
    fc.assert(
      fc.property(letters, spelling, (name, { upper, dots, tag, old }) => {
        const local = [...name]
          .map((sign, at) => (upper[at] ? sign.toUpperCase() : sign) + (dots[at] && at < name.length - 1 ? '.' : ''))
          .join('')
        const domain = old ? 'GoogleMail.com' : 'gmail.com'
        expect(mailboxOf(`${local}${tag === null ? '' : `+${tag}`}@${domain}`)).toBe(`${name}@gmail.com`)
      }),
    )
  })

  test('its text is a spelling of the same mailbox', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        expect(mailboxOf(mailboxOf(address))).toBe(mailboxOf(address))
      }),
    )
  })
})

test('the hashes of suppressions do not change', () => {
  expect(addressKey(keys, 'victim+a@gmail.com')).not.toBe(addressKey(keys, 'victim@gmail.com'))
  expect(mailboxKey(keys, 'victim@gmail.com')).not.toBe(addressKey(keys, 'victim@gmail.com'))
})

test('accepts any text, in bounded time', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
      expect(mailboxOf(text).length).toBeLessThan(40_000)
    }),
  )
  const shapes = ['(', ')', '"', '\\', '@', '+', '.', '-', ' ', 'a.', '"\\', '(\\', '\u{FDFA}', 'ü.']
  for (const shape of shapes) {
    const { isLinear } = await growth(
      (address) => {
        for (let round = 0; round < 20; round += 1) mailboxOf(address)
      },
      (size) => `${shape.repeat(size)}@gmail.com`,
      100_000,
    )
    expect([shape, isLinear]).toEqual([shape, true])
  }
})
