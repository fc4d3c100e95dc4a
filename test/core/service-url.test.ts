import { describe, expect, test } from '@jest/globals'
import {
  parseDatabaseUrl,
  parsePublicUrl,
  parseRedisUrl,
  parseSmtpUrl,
  postgresUrls,
  redactedUrl,
} from '../../src/core/service-url.ts'
import { redisAt, relayAt, siteAt } from '../support/parse-servers.ts'

describe('SMTP_URL', () => {
  test.each([
    ['as it is', '100%zz', '100%zz'],
    ['with a % at its end', 'full%', 'full%'],
    ['with every sign a URL gives a meaning to', 'p@s:s/w#r?d&=+', 'p@s:s/w#r?d&=+'],
    ['percent-encoded', 'a%40b%2Fc%25', 'a@b/c%'],
    ['percent-encoded beyond ASCII', '%C3%BC', 'ü'],
    ['beyond ASCII', 'pässword', 'pässword'],
  ])('takes a password %s', (_, written, password) => {
    expect(relayAt(`smtp://user:${written}@mail.example:2525`)).toEqual({
      secure: false,
      host: 'mail.example',
      port: 2525,
      credentials: { user: 'user', password },
    })
  })

  test('takes an address as the user', () => {
    expect(relayAt('smtp://me@course.example:word@mail.example').credentials?.user).toBe('me@course.example')
  })

  test.each([
    ['smtp://mail.example', 'mail.example', 587],
    ['SMTPS://Mail.Example/', 'mail.example', 465],
    ['smtp://[2001:db8::1]:25', '2001:db8::1', 25],
    ['smtp://127.0.0.1', '127.0.0.1', 587],
    ['smtp://bücher.example', 'xn--bcher-kva.example', 587],
    ['smtp://my_relay:1025', 'my_relay', 1025],
  ])('%s leads to %s port %d', (url, host, port) => expect(relayAt(url)).toMatchObject({ host, port }))

  test.each([
    ['smtp://user:a%4%40hunter2@mail.example', /bare "%".*%25/],
    ['smtp://user:%ffhunter2@mail.example', /not encoded text.*%25/],
    ['smtp://user:%00hunter2@mail.example', /control character/],
    ['smtp://user:12/hunter2@mail.example', /two ways.*%2F/],
    ['smtp://user:hunter 2@mail.example', /space.*%20/],
    ['smtp://:hunter2@mail.example', /no user name/],
    ['smtp://hunter2@mail.example', /no password/],
    ['smtp://hunter2:@mail.example', /no password/],
    ['smtp://@mail.example', /no user name and no password/],
    ['smtp://user:hunter2@', /no host/],
    ['smtp://', /no host/],
    ['smtp://:25', /no host/],
    ['smtp://user:hunter2@mail.example:0', /port outside/],
    ['smtp://user:hunter2@mail.example:65536', /port outside/],
    ['smtp://user:hunter2@mail.example:hunter2', /port that is not a number/],
    ['smtp://::1:25', /brackets/],
    ['smtp://[::1', /brackets/],
    ['smtp://mail..example', /no name and no address/],
    ['smtp://mail.example/inbox', /path/],
    ['smtp://mail.example?pool=true', /parameters/],
    ['smtp://mail.example#x', /parameters/],
    ['http://user:hunter2@mail.example', /smtp:\/\/ or smtps:\/\//],
    ['mail.example:25', /smtp:\/\/ or smtps:\/\//],
    [`smtp://${'a'.repeat(10_000)}`, /8000 characters/],
  ])('%s is refused in one sentence with the fix and without the secret', (url, sentence) => {
    const parsed = parseSmtpUrl(url)
    if ('value' in parsed) throw new Error('It was taken.')
    expect(`${parsed.what} ${parsed.fix}`).toMatch(sentence)
    expect(parsed.what + parsed.fix).not.toMatch(/hunter|\n/)
    expect(parsed.fix).toMatch(/^[A-Z].*\.$/)
  })
})

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

describe('PUBLIC_URL', () => {
  test.each([
    ['https://course.example', 'https://course.example', 'course.example', ''],
    ['HTTPS://Course.Example:443/', 'https://course.example', 'course.example', ''],
    ['http://course.example:8080/Kurs/eins/', 'http://course.example:8080/Kurs/eins', 'course.example', '/Kurs/eins'],
    ['http://bücher.example', 'http://xn--bcher-kva.example', 'xn--bcher-kva.example', ''],
    ['http://[::1]:3000/x', 'http://[::1]:3000/x', '[::1]', '/x'],
  ])('%s becomes %s', (url, href, hostname, path) => expect(siteAt(url)).toMatchObject({ href, hostname, path }))

  test.each([
    'course.example',
    'ftp://course.example',
    'https://',
    'https:///kurs',
    'https://course.example/a b',
    'https://course.example/a%20b',
    'https://course.example/../kurs',
    'https://course.example/a/../b',
    'https://course.example/a//b',
    'https://course.example/"x"',
    'https://course.example/?a=b',
    'https://course.example/#a',
    'https://user@course.example',
    'https://user:word@course.example',
    'https://course.example:0',
    'https://course.example:99999',
    'https://co urse.example',
    'https://-course.example',
    'https://course.example/courses',
    'https://course.example/Courses',
    'https://course.example/l/x',
    `https://course.example/${'x'.repeat(201)}`,
  ])('%s is refused', (url) => {
    const parsed = parsePublicUrl(url, ['courses', 'l'])
    expect('what' in parsed && parsed.fix).toMatch(/^[A-Z].*\.$/)
  })
})

test('an "@" in the path of PUBLIC_URL is told as such, and not as a password', () => {
  const parsed = parsePublicUrl('https://course.example/@course')
  expect('what' in parsed && parsed.what).toBe('has an "@" after the host.')
})

describe('DATABASE_URL', () => {
  test.each([
    ['sqlite:data/course.db', 'data/course.db'],
    ['SQLITE:/srv/course.db', '/srv/course.db'],
    ['sqlite:///srv/my course.db', '/srv/my course.db'],
  ])('%s', (url, path) => expect(parseDatabaseUrl(url)).toEqual({ value: { sqlite: path } }))

  test.each([
    'postgres://course:pass%2Fword@db.example:5433/course?sslmode=verify-full',
    'postgresql://course@/course?host=/run/pg',
    'postgres://course:pass@one.example:5432,two.example:5433/course?target_session_attrs=read-write',
    'postgres://course@/course?host=/run/one,/run/two&target_session_attrs=primary',
  ])('%s is a Postgres database, and is passed on as it is', (url) =>
    expect(parseDatabaseUrl(url)).toEqual({ value: { postgres: url } }),
  )

  test.each([
    ['postgres://localhost/', /names no database/],
    ['postgres:///course', /names no host/],
    ['postgres://course:pass@[host/course', /not a URL.*Percent-encode/],
    ['postgres://one.example,/course', /no host|not a URL/],
    ['postgres://one.example:5432,two.example:port/course', /not a URL/],
    ['postgres://one,two/course?target_session_attrs=standby', /must write.*read-write/],
    ['postgres://localhost/course?sslmode=prefer', /sslmode "prefer"/],
    ['postgres://localhost/course?connect_timeout=3', /"connect_timeout", which has no effect/],
    ['mysql://localhost/course', /not a database/],
    ['sqlite:', /names no file/],
    ['sqlite:///', /names no file/],
    ['sqlite:data/', /folder/],
    ['sqlite::memory:', /keeps nothing/],
    ['sqlite:course.db?mode=ro', /parameters/],
    ['sqlite://srv/course.db', /three slashes/],
    ['course.db', /not a database/],
  ])('%s is refused', (url, sentence) => {
    const parsed = parseDatabaseUrl(url)
    expect('what' in parsed && `${parsed.what} ${parsed.fix}`).toMatch(sentence)
  })
})

test.each([
  ['postgres://u:p@one/course?sslmode=verify-full', ['postgres://u:p@one/course?sslmode=verify-full']],
  [
    'postgres://u:p@one:1,[::1]:2/course?target_session_attrs=read-write&sslmode=disable',
    ['postgres://u:p@one:1/course?sslmode=disable', 'postgres://u:p@[::1]:2/course?sslmode=disable'],
  ],
  [
    'postgres://u@/course?host=%2Frun%2Fone,/run/two&target_session_attrs=primary',
    ['postgres://u@/course?host=%2Frun%2Fone', 'postgres://u@/course?host=%2Frun%2Ftwo'],
  ],
])('%s names these servers', (url, servers) => expect(postgresUrls(url)).toEqual(servers))

test('an address is printed without its user and password', () => {
  expect(redactedUrl(relayAt('smtps://user:hunter2@[::1]'))).toBe('smtps://[::1]:465')
})
