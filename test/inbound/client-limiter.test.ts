import { expect, test } from '@jest/globals'
import { createClientLimiter, networksOf } from '../../src/inbound/client-limiter.ts'

test.each([
  ['192.0.2.7', ['192.0.2/24']],
  ['::ffff:192.0.2.7', ['192.0.2/24']],
  ['::FFFF:192.0.2.7', ['192.0.2/24']],
  ['2001:db8:1:2ff:3::1', ['8193:3512:1:512/56', '8193:3512:1/48']],
  ['2001:db8:1::1', ['8193:3512:1:0/56', '8193:3512:1/48']],
  ['fe80::1%eth0', ['65152:0:0:0/56', '65152:0:0/48']],
  ['::1', ['0:0:0:0/56', '0:0:0/48']],
])('%s is of the networks %j', (address, networks) => {
  expect(networksOf(address)).toEqual(networks)
})

test('one network cannot exceed its limit, and others can still connect', () => {
  const gate = createClientLimiter({ total: 10, network: 3, site: 5 })
  const enter = (address: string) => gate.enter(address)
  expect(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.3.1'].map(enter)).toEqual([
    true,
    true,
    true,
    false,
    true,
  ])
  gate.leave('192.0.2.2')
  expect(enter('192.0.2.9')).toBe(true)
})

test('limits IPv6 connections per /56, per /48 and in total', () => {
  const gate = createClientLimiter({ total: 8, network: 3, site: 5 })
  const count = (addresses: string[]) => addresses.filter((address) => gate.enter(address)).length
  const of = (subnet: string) => [1, 2, 3, 4].map((host) => `2001:db8:1:${subnet}::${host}`)
  expect(count(of('100'))).toBe(3)
  expect(count(of('1ff'))).toBe(0)
  expect(count(of('200'))).toBe(2)
  expect(count(of('300'))).toBe(0)
  expect(count(['2001:db8:2::1', '2001:db8:3::1', '2001:db8:4::1', '2001:db8:5::1'])).toBe(3)
  gate.leave('2001:db8:1:100::1')
  expect(gate.enter('2001:db8:9::1')).toBe(true)
})
