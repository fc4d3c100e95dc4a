import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { exitSite } from '../../src/web/page/quick-exit-site.ts'
import { siteAt } from '../support/parse-servers.ts'
import { createTestApp, FIXTURE_COURSES, type TestApp } from '../support/test-app.ts'
import { createVisitor, type Visitor } from './visitor.ts'

let app: TestApp
let visitor: Visitor

beforeAll(async () => {
  app = await createTestApp({ env: { COURSE: 'three-days' }, overrides: { lessonsDir: FIXTURE_COURSES } })
  visitor = createVisitor(app.url)
})
afterAll(() => app.close())

const PAGES = [
  ...['/', '/courses/three-days', '/courses/three-days/first-lesson', '/privacy', '/styles'],
  ...['/confirm/x', '/l/x', '/l/x/settings', '/stop/x', '/nowhere'],
]

describe('every page', () => {
  test.each(PAGES)(
    '%s is not stored, sends no referrer to other sites and runs only what the site itself serves',
    async (path) => {
      const { headers, text } = await visitor.get(path)
      expect(headers.get('Cache-Control')).toBe('no-store')
      expect(headers.get('Referrer-Policy')).toBe('same-origin')
      expect(headers.get('X-Powered-By')).toBeNull()
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
      expect(headers.get('Content-Security-Policy')).toBe(
        `default-src 'none';script-src 'self';style-src 'self';img-src 'self';font-src 'self';connect-src 'self';form-action 'self' ${new URL(exitSite.url).origin};base-uri 'none';frame-ancestors 'none'`,
      )
      expect(text).not.toMatch(/<style|style="|\son\w+="|javascript:/)
      for (const [, url] of text.matchAll(/(?:src|rel="stylesheet" href|rel="icon" href)="([^"]+)"/g)) {
        expect(url).toMatch(/^\/assets\//)
      }
    },
  )

  test('and every other answer carries the same protecting headers', async () => {
    const answers = [
      await visitor.get('/'),
      await visitor.postJson('/sign-up', { email: 'no' }),
      await visitor.get('/healthz'),
      await visitor.get('/nowhere', { Accept: 'application/json' }),
    ]
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'origin-agent-cluster': '?1',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-dns-prefetch-control': 'off',
        'x-download-options': 'noopen',
        'x-frame-options': 'DENY',
        'x-permitted-cross-domain-policies': 'none',
        'x-xss-protection': '0',
      })
      expect(headers.has('strict-transport-security')).toBe(false)
    }
  })

  test.each(PAGES)('%s can be left quickly, and says what that does not erase', async (path) => {
    const { text } = await visitor.get(path)
    expect(text).toMatch(
      /<body>\s*<header>\s*<form method="post" action="\/session\/leave"><button class="skip" data-leave>/,
    )
    expect(text).toContain(`<button class="leave" data-leave data-exit="${exitSite.url}"`)
    expect(text).toContain('It does not erase your browser history or your mailbox.')
  })

  test('leaving without scripts ends the session on the server and leads to the neutral site', async () => {
    const answer = await visitor.post('/session/leave')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(exitSite.url)
  })

  test('of one person is kept out of search engines; the start page is not', async () => {
    for (const path of ['/confirm/x', '/l/x', '/stop/x']) {
      expect((await visitor.get(path)).headers.get('X-Robots-Tag')).toBe('noindex, nofollow')
    }
    expect((await visitor.get('/')).headers.get('X-Robots-Tag')).toBeNull()
  })

  test('has what it needs under 60 KB', async () => {
    const { text } = await visitor.get('/')
    let size = Buffer.byteLength(text)
    for (const [path] of text.matchAll(/\/assets\/[\w.-]+\/[\w.-]+/g)) {
      if (!path.endsWith('.woff2')) size += Buffer.byteLength((await visitor.get(path)).text)
    }
    expect(size).toBeLessThan(60_000)
  })

  test('is in a serif font of its own, under 60 KB, that can be kept for ever; the first part is asked for at once', async () => {
    const { text } = await visitor.get('/')
    const sheet = /\/assets\/\w+\/site\.css/.exec(text)?.[0] ?? ''
    const fonts = [...(await visitor.get(sheet)).text.matchAll(/url\("([^"]+)"\)/g)].map(
      ([, path]) => new URL(path ?? '', `http://site${sheet}`).pathname,
    )
    expect(fonts).toHaveLength(2)
    expect(text).toContain(`<link rel="preload" href="${fonts[0]}" as="font" type="font/woff2" crossorigin>`)
    let size = 0
    for (const path of fonts) {
      const answer = await fetch(app.url + path)
      expect(answer.headers.get('Content-Type')).toBe('font/woff2')
      expect(answer.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
      size += (await answer.arrayBuffer()).byteLength
    }
    expect(size).toBeLessThan(60_000)
    const licence = await visitor.get('/assets/x/OFL.txt')
    expect(licence.text).toContain('SIL OPEN FONT LICENSE')
  })

  test('says who it is by a link home, which names no course where somebody else might look', async () => {
    for (const path of ['/privacy', '/nowhere']) {
      const brand = /<a class="brand" href="([^"]+)"[^>]*>.*?<\/a>/.exec((await visitor.get(path)).text)
      expect(brand?.[1]).toBe('/')
      expect(brand?.[0]).toContain('Home')
      expect(brand?.[0]).not.toContain('Kinder Mornings')
    }
    const brand = /<a class="brand" href="([^"]+)"[^>]*>.*?<\/a>/.exec((await visitor.get('/')).text)
    expect(brand?.[1]).toBe('/courses/three-days')
    expect(brand?.[0]).toContain('Kinder Mornings')
  })

  test('can be written in either direction: no style names a left or a right side', async () => {
    const { text } = await visitor.get('/')
    const { text: styles } = await visitor.get(/\/assets\/\w+\/site\.css/.exec(text)?.[0] ?? '')
    const physical =
      /(?:(?:margin|padding|border|inset)-(?:left|right)[\w-]*|(?<=[;{])(?:left|right)):|(?:text-align|float):(?:left|right)/g
    expect(styles.match(physical)).toBeNull()
  })
})

describe('files', () => {
  test('are kept for ever under the hash of their content, and not at all under another', async () => {
    const { text } = await visitor.get('/')
    const path = /\/assets\/\w+\/site\.css/.exec(text)?.[0] ?? ''
    const file = await visitor.get(path)
    expect(file.status).toBe(200)
    expect(file.headers.get('Content-Type')).toBe('text/css; charset=utf-8')
    expect(file.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    const old = await visitor.get('/assets/000000000000/site.css')
    expect(old.status).toBe(200)
    expect(old.headers.get('Cache-Control')).toBe('no-store')
  })

  test.each(['/assets/x/none.css', '/assets/x/..%2fassets.ts', '/assets/x/styles', '/assets/x/%2e%2e%2fserver.ts'])(
    '%s is not one of them',
    async (path) => {
      expect((await visitor.get(path)).status).toBe(404)
    },
  )
})

describe('errors', () => {
  test('are a kind page for people and JSON for clients that speak it', async () => {
    const page = await visitor.get('/nowhere')
    expect(page.status).toBe(404)
    expect(page.text).toContain('There is no such page')
    const json = await visitor.get('/nowhere', { Accept: 'application/json' })
    expect(json.status).toBe(404)
    expect(json.json()).toMatchObject({ ok: false, code: 'not-found', message: expect.any(String) })
  })

  test('show nothing of the inside', async () => {
    const store = app.app.ports.store.signUps
    const real = store.byTokenHash
    store.byTokenHash = async () => {
      throw new Error('SQLITE_SECRET at /var/data')
    }
    try {
      const answer = await visitor.get('/confirm/anything')
      expect(answer.status).toBe(500)
      expect(answer.text).toContain('Something went wrong here')
      expect(answer.text).not.toMatch(/SQLITE|\/var|at Object/)
    } finally {
      store.byTokenHash = real
    }
  })
})

describe('for supervisors', () => {
  test('/healthz, /readyz and /metrics answer', async () => {
    expect((await visitor.get('/healthz')).json()).toEqual({ ok: true })
    const ready = await visitor.get('/readyz')
    expect(ready.json()).toMatchObject({ ok: expect.any(Boolean), checks: expect.any(Object) })
    expect(ready.status).toBe(ready.json().ok ? 200 : 503)
    const metrics = await visitor.get('/metrics')
    expect(metrics.headers.get('Content-Type')).toContain('text/plain')
    expect(metrics.text).toContain('bootcamp_deliveries')
  })
})

describe('behind https', () => {
  test('the session’s cookie is Secure, browsers are told to stay on https, and there is no page of styles', async () => {
    const { createSite } = await import('../../src/web/server.ts')
    const { createServer } = await import('node:http')
    const site = createSite({
      ports: app.app.ports,
      settings: {
        publicUrl: siteAt('https://example.org'),
        trustProxy: 0,
        signUpLimit: 10,
        signUpOrigins: [],
        metricsToken: null,
        metricsOnSite: true,
        privacy: { controller: 'Somebody', contact: 'somebody@example.org', legalBasis: 'Consent.' },
        deskTimeZone: 'UTC',
        showStyles: false,
        deskOnSite: false,
      },
      health: { ready: async () => ({ ok: true, checks: {} }), metrics: async () => '' },
    })
    const server = createServer(site)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    try {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const secure = createVisitor(`http://127.0.0.1:${port}`)
      const answer = await secure.get('/')
      expect(answer.headers.get('Strict-Transport-Security')).toMatch(/max-age=\d+/)
      expect(answer.headers.get('Content-Security-Policy')).toContain('upgrade-insecure-requests')
      const ended = await secure.post('/session/end')
      expect(ended.headers.getSetCookie()[0]).toMatch(/; Secure/)
      expect((await secure.get('/styles')).status).toBe(404)
      expect((await visitor.get('/styles')).status).toBe(200)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe('the privacy page', () => {
  const pageOf = async (env: Record<string, string>) => {
    const own = await createTestApp({
      env: { COURSE: 'three-days', ...env },
      overrides: { lessonsDir: FIXTURE_COURSES },
    })
    try {
      return (await createVisitor(own.url).get('/privacy')).text
    } finally {
      await own.close()
    }
  }

  test('names controller, contact and legal basis from the settings', async () => {
    const text = await pageOf({
      PRIVACY_CONTROLLER: 'Ada & Co <script>\n1 Example Street',
      PRIVACY_CONTACT: 'privacy@course.example',
      PRIVACY_LEGAL_BASIS: 'A contract.',
    })
    expect(text).toContain('Ada &#38; Co &#60;script&#62;<br>1 Example Street')
    expect(text).toContain('<a href="mailto:privacy@course.example">')
    expect(text).toContain('Legal basis: A contract.')
    expect(await pageOf({ PRIVACY_CONTACT: 'https://course.example/contact' })).toContain(
      'href="https://course.example/contact"',
    )
    expect(await pageOf({ PRIVACY_CONTACT: 'javascript:alert(1)' })).not.toContain('href="javascript')
  })

  test('and where they are missing, what every email says already', async () => {
    const text = await pageOf({ MAIL_FROM: 'Week <week@course.example>', MAIL_ADDRESS: '2 Example Street' })
    expect(text).toContain('Week<br>2 Example Street')
    expect(text).toContain('mailto:week@course.example')
    expect(text).toContain('Your consent')
  })

  test('promises times that are those of the service', async () => {
    const { QUIET_AFTER_STOP_MS } = await import('../../src/core/retention.ts')
    expect(QUIET_AFTER_STOP_MS).toBe(30 * 86_400_000)
    expect(await pageOf({})).toContain('stays for 30 days: until then nothing is sent')
  })
})
