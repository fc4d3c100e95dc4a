import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { clientNetworks } from '../../../src/web/security/client-address.ts'
import '../../support/property-seed.ts'

describe('a client address is one, however it is written', () => {
  test.each([
    ['203.0.113.9', ['203.0.113.9:51234', '::ffff:203.0.113.9', '::FFFF:203.0.113.9', '[::ffff:203.0.113.9]:443']],
    ['203.0.113.9', ['::ffff:cb00:7109', '0:0:0:0:0:ffff:203.0.113.9', '64:ff9b::203.0.113.9', ' 203.0.113.9 ']],
    ['203.0.113.9', ['"203.0.113.9:51234"', '[203.0.113.9]:1', '::ffff:203.0.113.9%eth0']],
  ])('%s', (address, spellings) => {
    for (const spelling of spellings) {
      expect([spelling, clientNetworks(spelling)]).toEqual([spelling, { narrow: address, wide: null }])
    }
  })

  test('IPv6 counts by its /56 and its /48', () => {
    const networks = { narrow: '2001:db8:7:100::/56', wide: '2001:db8:7::/48' }
    for (const spelling of [
      '2001:db8:7:100::1',
      '2001:DB8:7:1ff:ffff:ffff:ffff:ffff',
      '2001:0db8:0007:0155:0:0:0:1',
      '[2001:db8:7:100::1]:443',
      '[2001:db8:7:100::1]',
      '2001:db8:7:1aa::192.0.2.1',
      '2001:db8:7:100::1%en0',
    ])
      expect([spelling, clientNetworks(spelling)]).toEqual([spelling, networks])
    expect(clientNetworks('2001:db8:7:200::1')).toEqual({ narrow: '2001:db8:7:200::/56', wide: '2001:db8:7::/48' })
    expect(clientNetworks('2001:db8:8::1')?.wide).not.toBe('2001:db8:7::/48')
    expect(clientNetworks('::1')).toEqual({ narrow: '0:0:0:0::/56', wide: '0:0:0::/48' })
  })

  test('what is no address is none', () => {
    for (const text of [
      '',
      'unknown',
      '_hidden',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.4:x',
      '[::1',
      '[::1]x',
      '999.1.1.1',
      '::g',
    ])
      expect([text, clientNetworks(text)]).toEqual([text, null])
    expect(clientNetworks('1'.repeat(100_000))).toBeNull()
  })

  test('any text is taken', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV6(), fc.ipV4()), (text) => {
        const networks = clientNetworks(text)
        if (networks !== null) expect(networks.narrow.length).toBeLessThan(40)
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(clientNetworks(text)).not.toBeNull()
        expect(clientNetworks(`[${text}]:80`)).toEqual(clientNetworks(text.toUpperCase()))
      }),
    )
  })
})
