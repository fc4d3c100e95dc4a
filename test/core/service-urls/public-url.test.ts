import { describe, expect, test } from '@jest/globals'
import { parsePublicUrl } from '../../../src/core/service-urls/public-url.ts'
import { siteAt } from '../../support/parse-servers.ts'

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
