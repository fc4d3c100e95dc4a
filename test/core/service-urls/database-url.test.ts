import { describe, expect, test } from '@jest/globals'
import { parseDatabaseUrl, postgresUrls } from '../../../src/core/service-urls/database-url.ts'

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
