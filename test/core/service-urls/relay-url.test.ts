import { describe, expect, test } from '@jest/globals'
import { parseSmtpUrl, redactedUrl } from '../../../src/core/service-urls/relay-url.ts'
import { relayAt } from '../../support/parse-servers.ts'

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

test('an address is printed without its user and password', () => {
  expect(redactedUrl(relayAt('smtps://user:hunter2@[::1]'))).toBe('smtps://[::1]:465')
})
