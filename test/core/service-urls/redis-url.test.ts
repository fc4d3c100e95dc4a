import { describe, expect, test } from '@jest/globals'
import { parseRedisUrl } from '../../../src/core/service-urls/redis-url.ts'
import { redisAt } from '../../support/parse-servers.ts'

describe('REDIS_URL', () => {
  const plain = { tls: false, host: 'redis', port: 6379, user: null, password: null, database: 0, family: 0 }
  test.each([
    ['redis://redis', plain],
    ['redis://:a%zz@redis/3', { ...plain, password: 'a%zz', database: 3 }],
    ['rediss://me:p@ss@redis:6380/', { ...plain, tls: true, port: 6380, user: 'me', password: 'p@ss' }],
    ['redis://[::1]', { ...plain, host: '::1', family: 6 }],
    ['redis://redis?family=6', { ...plain, family: 6 }],
    ['/run/redis/redis.sock', { socket: '/run/redis/redis.sock' }],
  ])('%s', (url, server) => expect(redisAt(url)).toEqual(server))

  test.each([
    ['redis://one:26379,two:26379', /several hosts/],
    ['redis://redis/main', /number of a database/],
    ['redis://redis?tls=true', /parameter/],
    ['redis://me@redis', /no password/],
    ['redis://redis:x', /port/],
    ['unix:///run/redis.sock', /redis:\/\/ or rediss:\/\/.*unix socket/],
    ['localhost:6379', /redis:\/\/ or rediss:\/\//],
  ])('%s is refused', (url, sentence) => {
    const parsed = parseRedisUrl(url)
    expect('what' in parsed && `${parsed.what} ${parsed.fix}`).toMatch(sentence)
  })
})

describe('REDIS_URL of Sentinels', () => {
  const plain = {
    ...{ tls: false, user: null, password: null, database: 0, family: 0, sentinelLogin: null },
    ...{ sentinels: [{ host: 'one', port: 26379 }], name: 'main' },
  }
  test.each([
    ['redis+sentinel://one/main', plain],
    [
      'redis+sentinel://me:p@ss@One:26380,[::1],10.0.0.3:26379/my.course-1/2',
      {
        ...{ ...plain, user: 'me', password: 'p@ss', database: 2, name: 'my.course-1' },
        sentinels: [
          { host: 'one', port: 26380 },
          { host: '::1', port: 26379 },
          { host: '10.0.0.3', port: 26379 },
        ],
      },
    ],
    ['REDISS+SENTINEL://:word@one/main/', { ...plain, tls: true, password: 'word' }],
    [
      'redis+sentinel://one/main?sentinelPassword=a%26b%40c',
      { ...plain, sentinelLogin: { user: null, password: 'a&b@c' } },
    ],
    [
      'redis+sentinel://one/main?sentinelUser=me&sentinelPassword=word=',
      { ...plain, sentinelLogin: { user: 'me', password: 'word=' } },
    ],
  ])('%s', (url, server) => expect(redisAt(url)).toEqual(server))

  test.each([
    ['redis+sentinel://one:26379', /name of a master.*redis\+sentinel:\/\/.*\/name/],
    ['redis+sentinel://one/a b', /space/],
    ['redis+sentinel://one/main/x', /name of a master/],
    ['redis+sentinel://one,/main', /no host/],
    ['redis+sentinel:///main', /no host/],
    ['redis+sentinel://one:x,two/main', /port that is not a number/],
    ['redis+sentinel://me:hunter2@one:0/main', /port outside/],
    ['redis+sentinel://hunter2@one/main', /no password/],
    ['redis+sentinel://one/main?password=hunter2', /sentinelUser and one sentinelPassword/],
    ['redis+sentinel://one/main?sentinelPassword=', /sentinelUser and one sentinelPassword/],
    ['redis+sentinel://one/main?sentinelPassword=hunter2&sentinelPassword=hunter2', /sentinelUser and one/],
    ['redis+sentinel://one/main?sentinelUser=me', /no sentinelPassword/],
    ['redis+sentinel://one/main?sentinelPassword=hunter2@', /two ways.*%40/],
    ['redis://one:26379,two:26379/main', /several hosts.*redis\+sentinel/],
  ])('%s is refused with the fix and without the secret', (url, sentence) => {
    const parsed = parseRedisUrl(url)
    if ('value' in parsed) throw new Error('It was taken.')
    expect(`${parsed.what} ${parsed.fix}`).toMatch(sentence)
    expect(parsed.what + parsed.fix).not.toMatch(/hunter|\n/)
  })
})
