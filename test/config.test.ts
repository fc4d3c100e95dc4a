import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { readConfig, requireServices } from '../src/config.ts'
import { ProblemsError } from '../src/core/errors.ts'
import { SETTINGS } from '../src/settings/settings.ts'
import { settingsDocuments } from '../src/settings/settings-files.ts'

const secret = 'k'.repeat(40)
const SENDGRID_VERIFICATION_KEY = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  .publicKey.export({ type: 'spki', format: 'der' })
  .toString('base64')
const production = {
  NODE_ENV: 'production',
  SECRET_KEY: secret,
  MAIL_FROM: 'Steady Week <course@course.example>',
  MAIL_ADDRESS: '1 Example Street\nExample Town',
  PUBLIC_URL: 'https://course.example',
}

describe('with nothing set', () => {
  test('every documented default holds', () => {
    expect(readConfig({})).toEqual({
      environment: 'development',
      port: 3000,
      publicUrl: { href: 'http://localhost:3000', secure: false, hostname: 'localhost', path: '' },
      dataDir: resolve('data'),
      database: { sqlite: resolve('data/bootcamp.db') },
      databaseConnections: 10,
      redis: null,
      queuePrefix: null,
      mailboxPort: null,
      smtp: null,
      smtpTls: 'opportunistic',
      mailFrom: { name: 'Bootcamp', address: 'course@bootcamp.example' },
      mailAddress: expect.any(String),
      dkim: [],
      returnPathDomain: null,
      replyDomain: null,
      bouncePort: null,
      bounceTls: null,
      hooks: { ses: null, postmark: null, mailgun: null, sendgrid: null },
      warmUp: null,
      secretKey: null,
      course: 'steady-week',
      courseDay: null,
      planningHorizon: 14 * 86_400_000,
      concurrency: 10,
      smtpConnections: 5,
      smtpRate: null,
      signUpLimit: 20,
      trustProxy: 0,
      signUpOrigins: [],
      metricsToken: null,
      metricsListen: null,
      desk: {
        url: { href: 'http://localhost:3000', secure: false, hostname: 'localhost', path: '' },
        listen: null,
      },
      deskTimeZone: 'UTC',
      privacy: { controller: null, contact: null, legalBasis: null },
      logLevel: 'info',
    })
  })

  test('a setting that is there but empty counts as not set', () => {
    expect(readConfig({ PORT: '', REDIS_URL: ' ', COURSE: '' })).toEqual(readConfig({}))
  })

  test('the site is where the port says', () => {
    expect(readConfig({ PORT: '8080' }).publicUrl.href).toBe('http://localhost:8080')
  })
})

describe('with everything set', () => {
  const config = readConfig({
    ...production,
    PORT: '8080',
    PUBLIC_URL: 'https://course.example/week/',
    DATA_DIR: '/srv/course',
    DATABASE_URL: 'sqlite:/srv/db/course.db',
    REDIS_URL: 'rediss://user:password@redis.example:6380/2',
    QUEUE_PREFIX: 'course:week',
    MAILBOX_PORT: '1090',
    SMTP_URL: 'smtps://user:p%40ss@mail.example:465',
    DKIM_DOMAIN: 'course.example',
    DKIM_SELECTOR: 'mail2026',
    DKIM_KEY_FILE: '/srv/dkim.pem',
    COURSE: 'three-days',
    COURSE_DAY: '20s',
    PLANNING_HORIZON: '2d',
    SMTP_CONNECTIONS: '20',
    SMTP_RATE: '13.5',
    SIGN_UP_LIMIT: '1000000',
    TRUST_PROXY: '2',
    SIGN_UP_ORIGINS: 'https://WWW.course.example:443/, http://localhost:8080',
    METRICS_TOKEN: 'a-token-of-metrics-123',
    METRICS_PORT: '10.0.0.5:9464',
    DESK: 'on',
    DESK_PORT: '3001',
    DESK_URL: 'https://Desk.example:443/',
    DESK_TIME_ZONE: 'Europe/Berlin',
    PRIVACY_CONTROLLER: 'Ada Lovelace, 1 Example Street',
    PRIVACY_CONTACT: 'privacy@course.example',
    PRIVACY_LEGAL_BASIS: 'Consent.',
    LOG_LEVEL: 'warn',
    RETURN_PATH_DOMAIN: 'Bounces.course.example',
    REPLY_DOMAIN: 'Reply.course.example',
    BOUNCE_PORT: '2525',
    BOUNCE_TLS_CERT_FILE: '/srv/tls/fullchain.pem',
    BOUNCE_TLS_KEY_FILE: '/srv/tls/privkey.pem',
    SES_TOPIC_ARNS: 'arn:aws:sns:eu-central-1:123456789012:mail, arn:aws:sns:us-east-1:123456789012:other',
    POSTMARK_WEBHOOK_LOGIN: 'reports:a-password-of-length',
    MAILGUN_SIGNING_KEY: 'key-0123456789abcdef',
    SENDGRID_VERIFICATION_KEY,
    WARM_UP: '50, 100,200',
  })

  test('each value arrives typed', () => {
    expect(config).toEqual({
      environment: 'production',
      port: 8080,
      publicUrl: { href: 'https://course.example/week', secure: true, hostname: 'course.example', path: '/week' },
      dataDir: '/srv/course',
      database: { sqlite: '/srv/db/course.db' },
      databaseConnections: 10,
      redis: {
        ...{ tls: true, host: 'redis.example', port: 6380, user: 'user', password: 'password' },
        ...{ database: 2, family: 0 },
      },
      queuePrefix: 'course:week',
      mailboxPort: 1090,
      smtp: {
        ...{ secure: true, host: 'mail.example', port: 465 },
        credentials: { user: 'user', password: 'p@ss' },
      },
      smtpTls: 'required',
      mailFrom: { name: 'Steady Week', address: 'course@course.example' },
      mailAddress: '1 Example Street\nExample Town',
      dkim: [{ domain: 'course.example', selector: 'mail2026', keyFile: '/srv/dkim.pem' }],
      secretKey: secret,
      course: 'three-days',
      courseDay: 20_000,
      planningHorizon: 2 * 86_400_000,
      concurrency: 10,
      smtpConnections: 20,
      smtpRate: 13.5,
      returnPathDomain: 'bounces.course.example',
      replyDomain: 'reply.course.example',
      bouncePort: 2525,
      bounceTls: { certFile: '/srv/tls/fullchain.pem', keyFile: '/srv/tls/privkey.pem' },
      hooks: {
        ses: {
          topics: ['arn:aws:sns:eu-central-1:123456789012:mail', 'arn:aws:sns:us-east-1:123456789012:other'],
        },
        postmark: { login: 'reports:a-password-of-length' },
        mailgun: { signingKey: 'key-0123456789abcdef' },
        sendgrid: { publicKey: SENDGRID_VERIFICATION_KEY },
      },
      warmUp: [50, 100, 200],
      signUpLimit: 1_000_000,
      trustProxy: 2,
      signUpOrigins: ['https://www.course.example', 'http://localhost:8080'],
      metricsToken: 'a-token-of-metrics-123',
      metricsListen: { host: '10.0.0.5', port: 9464 },
      desk: {
        url: { href: 'https://desk.example', secure: true, hostname: 'desk.example', path: '' },
        listen: { host: '127.0.0.1', port: 3001, proxies: 2 },
      },
      deskTimeZone: 'Europe/Berlin',
      privacy: {
        controller: 'Ada Lovelace, 1 Example Street',
        contact: 'privacy@course.example',
        legalBasis: 'Consent.',
      },
      logLevel: 'warn',
    })
  })

  test('nothing can be changed afterwards', () => {
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.mailFrom)).toBe(true)
    expect(Object.isFrozen(config.dkim)).toBe(true)
  })
})

test('the database file is relative to the working folder, and to the data folder when it is not named', () => {
  expect(readConfig({ DATABASE_URL: 'sqlite:here/course.db' }).database).toEqual({ sqlite: resolve('here/course.db') })
  expect(readConfig({ DATABASE_URL: 'sqlite:///srv/course.db' }).database).toEqual({ sqlite: '/srv/course.db' })
  expect(readConfig({ DATA_DIR: '/srv/x' }).database).toEqual({ sqlite: join('/srv/x', 'bootcamp.db') })
})

test('a sender may be a bare address, or have a name in quotation marks', () => {
  expect(readConfig({ MAIL_FROM: 'a@course.example' }).mailFrom).toEqual({ name: '', address: 'a@course.example' })
  expect(readConfig({ MAIL_FROM: '"Week, the" <a@course.example>' }).mailFrom.name).toBe('Week, the')
})

test('a unix socket is an address of Redis', () => {
  expect(readConfig({ REDIS_URL: '/run/redis.sock' }).redis).toEqual({ socket: '/run/redis.sock' })
})

test.each([
  ['NODE_ENV', 'staging'],
  ['PORT', '3000x'],
  ['PORT', '70000'],
  ['PUBLIC_URL', 'course.example'],
  ['PUBLIC_URL', 'ftp://course.example'],
  ['PUBLIC_URL', 'https://course.example/?a=b'],
  ['DATABASE_URL', 'mysql://localhost/course'],
  ['DATABASE_URL', 'sqlite:'],
  ['REDIS_URL', 'localhost:6379'],
  ['REDIS_URL', 'http://localhost:6379'],
  ['QUEUE_PREFIX', 'two words'],
  ['QUEUE_PREFIX', 'course:'],
  ['QUEUE_PREFIX', 'x'.repeat(65)],
  ['MAILBOX_PORT', '0'],
  ['SMTP_URL', 'mail.example'],
  ['MAIL_FROM', 'nobody'],
  ['MAIL_FROM', 'A <a@course.example>, B <b@course.example>'],
  ['MAIL_FROM', 'A\r\nBcc: b@course.example <a@course.example>'],
  ['SECRET_KEY', 'short'],
  ['RETURN_PATH_DOMAIN', 'not a domain'],
  ['REPLY_DOMAIN', 'not a domain'],
  ['SES_TOPIC_ARNS', 'arn:aws:sqs:eu-central-1:123456789012:mail'],
  ['POSTMARK_WEBHOOK_LOGIN', 'reports:short'],
  ['MAILGUN_SIGNING_KEY', 'short'],
  ['SENDGRID_VERIFICATION_KEY', 'bm8ga2V5'],
  ['WARM_UP', '50,fifty'],
  ['WARM_UP', '50,50'],
  ['WARM_UP', '0,10'],
  ['COURSE', '../elsewhere'],
  ['COURSE_DAY', '20'],
  ['COURSE_DAY', '0s'],
  ['PLANNING_HORIZON', 'a week'],
  ['SMTP_CONNECTIONS', '0'],
  ['SMTP_RATE', '0'],
  ['SMTP_RATE', '14/s'],
  ['SMTP_RATE', '1e9'],
  ['SIGN_UP_LIMIT', '0'],
  ['TRUST_PROXY', '-1'],
  ['LOG_LEVEL', 'loud'],
  ['SIGN_UP_ORIGINS', 'www.course.example'],
  ['SIGN_UP_ORIGINS', 'https://www.course.example/page'],
  ['SIGN_UP_ORIGINS', 'https://a.example https://b.example'],
  ['SIGN_UP_ORIGINS', '*'],
  ['SIGN_UP_ORIGINS', 'https://*.course.example'],
  ['SIGN_UP_ORIGINS', 'https://name:password@course.example'],
  ['METRICS_TOKEN', 'short'],
  ['METRICS_TOKEN', 'two words of some length'],
  ['METRICS_PORT', '70000'],
  ['DESK', 'maybe'],
  ['DESK_PORT', 'localhost:3001'],
  ['DESK_TIME_ZONE', 'CET+1'],
  ['METRICS_PORT', 'localhost:9464'],
])('%s=%j is refused by name, with a fix', (name, value) => {
  const { problems } = refusal({ [name]: value })
  expect(problems.map((problem) => problem.file)).toEqual([name])
  expect(problems[0]?.fix).toMatch(/^[A-Z].*\.$/)
})

test('metrics beyond this machine need a token', () => {
  expect(refusal({ METRICS_PORT: '0.0.0.0:9464' }).problems.map(({ file }) => file)).toEqual(['METRICS_TOKEN'])
  expect(refusal({ METRICS_PORT: '[::]:9464' }).problems.map(({ file }) => file)).toEqual(['METRICS_TOKEN'])
  const local = { host: '127.0.0.1', port: 9464 }
  expect(readConfig({ METRICS_PORT: '9464' }).metricsListen).toEqual(local)
  expect(readConfig({ METRICS_PORT: '127.0.0.1:9464' }).metricsListen).toEqual(local)
  expect(readConfig({ METRICS_PORT: '[::1]:9464' }).metricsListen).toEqual({ host: '::1', port: 9464 })
})

test('a port of the desk alone has no proxy before it, unless DESK_URL names one', () => {
  const desk = (env: Record<string, string>) => readConfig({ DESK_PORT: '3001', ...env }).desk
  const local = { href: 'http://localhost:3001', secure: false, hostname: 'localhost', path: '' }
  expect(desk({ TRUST_PROXY: '2' })).toEqual({ url: local, listen: { host: '127.0.0.1', port: 3001, proxies: 0 } })
  expect(desk({ DESK_URL: 'https://desk.example' })?.listen?.proxies).toBe(1)
  expect(desk({ DESK_URL: 'https://desk.example', TRUST_PROXY: '2' })?.listen?.proxies).toBe(2)
  expect(desk({ DESK_URL: 'http://desk.internal' })?.listen?.proxies).toBe(0)
  for (const wrong of ['desk.example', 'https://course.example/desk'])
    expect(refusal({ DESK_PORT: '3001', DESK_URL: wrong }).problems.map(({ file }) => file)).toEqual(['DESK_URL'])
  expect(refusal({ DESK_URL: 'https://desk.example' }).problems.map(({ file }) => file)).toEqual(['DESK_PORT'])
  const unsafe = { ...production, DESK_PORT: '3001', DESK_URL: 'http://desk.example' }
  expect(refusal(unsafe).problems.map(({ file }) => file)).toEqual(['DESK_URL'])
  expect(readConfig({ ...unsafe, DESK_URL: 'http://localhost:3001' }).desk?.url).toEqual(local)
})

test('the desk has the clock of the host, where its name is one', () => {
  expect(readConfig({ TZ: 'Asia/Tokyo' }).deskTimeZone).toBe('Asia/Tokyo')
  expect(readConfig({ TZ: 'Asia/Tokyo', DESK_TIME_ZONE: 'Europe/Berlin' }).deskTimeZone).toBe('Europe/Berlin')
  for (const zone of [':/etc/localtime', 'CET-1CEST', '']) expect(readConfig({ TZ: zone }).deskTimeZone).toBe('UTC')
})

test('every problem is told at once, those between settings too', () => {
  const { problems } = refusal({ NODE_ENV: 'production', PORT: 'x', COURSE_DAY: 'long', DKIM_DOMAIN: 'course.example' })
  expect(problems.map((problem) => problem.file).sort()).toEqual([
    'COURSE_DAY',
    'DKIM_KEY_FILE',
    'DKIM_SELECTOR',
    'MAIL_ADDRESS',
    'MAIL_FROM',
    'PORT',
    'PUBLIC_URL',
    'SECRET_KEY',
  ])
})

test('a problem never shows the value, which may be a secret', () => {
  const said = refusal({
    SECRET_KEY: 'hunter2',
    REDIS_URL: 'http://:hunter2@x',
    SMTP_URL: 'http://a:hunter2@x',
  }).message
  expect(said).toContain('SECRET_KEY')
  expect(said).not.toContain('hunter2')
})

test('production wants https, except on this very machine', () => {
  expect(readConfig(production).environment).toBe('production')
  expect(refusal({ ...production, PUBLIC_URL: 'http://course.example' }).problems[0]?.file).toBe('PUBLIC_URL')
  expect(refusal({ ...production, PUBLIC_URL: 'http://127.course.example' }).problems[0]?.file).toBe('PUBLIC_URL')
  for (const site of ['http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:3000']) {
    expect(readConfig({ ...production, PUBLIC_URL: site }).publicUrl.href).toBe(site)
  }
})

test('processes that start nothing beside themselves ask for Redis and a mail server', () => {
  const services = { REDIS_URL: 'redis://localhost', SMTP_URL: 'smtp://localhost' }
  expect(() => requireServices(readConfig(services))).not.toThrow()
  expect(() => requireServices(readConfig({}))).toThrow(/REDIS_URL: .*\nSMTP_URL: /)
})

function refusal(env: Record<string, string>): ProblemsError {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ProblemsError) return error
    throw error
  }
  throw new Error('The settings were taken.')
}

describe('SMTP_TLS', () => {
  const login = 'smtp://user:secret@relay.example:587'
  const open = 'smtp://relay.example:25'

  test.each([
    [{ ...production, SMTP_URL: login }, 'required'],
    [{ ...production, SMTP_URL: login.replace('smtp:', 'smtps:') }, 'required'],
    // A password that URL.parse does not see.
    [{ ...production, SMTP_URL: 'smtp://user:se#c?ret@relay.example:587' }, 'required'],
    [{ ...production, SMTP_URL: open }, 'opportunistic'],
    [{ ...production, SMTP_URL: open, SMTP_TLS: 'none' }, 'none'],
    [{ ...production, SMTP_URL: open, SMTP_TLS: 'required' }, 'required'],
    [{ SMTP_URL: login }, 'opportunistic'],
    [{ SMTP_URL: login, SMTP_TLS: 'none' }, 'none'],
    [{ SMTP_URL: login, SMTP_TLS: 'required' }, 'required'],
  ])('%j', (env, mode) => {
    expect(readConfig(env).smtpTls).toBe(mode)
  })

  test.each([
    [{ ...production, SMTP_URL: login, SMTP_TLS: 'none' }, /password in SMTP_URL unencrypted/],
    [{ ...production, SMTP_URL: login, SMTP_TLS: 'opportunistic' }, /password in SMTP_URL unencrypted/],
    [{ ...production, SMTP_URL: 'smtp://user:secret@127.0.0.1', SMTP_TLS: 'none' }, /unencrypted/],
    [{ ...production, SMTP_URL: 'smtp://user:se#c?ret@relay.example', SMTP_TLS: 'opportunistic' }, /unencrypted/],
    [{ SMTP_URL: 'smtps://relay.example', SMTP_TLS: 'none' }, /begins with smtps/],
    [{ SMTP_TLS: 'required' }, /built-in test mailbox speaks no TLS/],
    [{ SMTP_TLS: 'yes' }, /not a known value/],
  ])('%j is refused', (env, what) => {
    expect(refusal(env).problems).toEqual([
      expect.objectContaining({ file: 'SMTP_TLS', what: expect.stringMatching(what) }),
    ])
  })
})

test('domains of the sender are kept in ASCII, whatever letters they were written in', () => {
  const config = readConfig({
    MAIL_FROM: 'Team <course@b\u00fccher.example>',
    RETURN_PATH_DOMAIN: 'R\u00fccklauf.b\u00fccher.example',
    DKIM_DOMAIN: 'b\u00fccher.example',
    DKIM_SELECTOR: 'mail',
    DKIM_KEY_FILE: '/srv/dkim.pem',
  })
  expect(config.mailFrom).toEqual({ name: 'Team', address: 'course@xn--bcher-kva.example' })
  expect(config.returnPathDomain).toBe('xn--rcklauf-n2a.xn--bcher-kva.example')
  expect(config.dkim[0]?.domain).toBe('xn--bcher-kva.example')
  expect(refusal({ MAIL_FROM: 'k\u00fcche@course.example' }).problems.map(({ file }) => file)).toEqual(['MAIL_FROM'])
})

test('a port for email needs a domain that it is for', () => {
  expect(refusal({ BOUNCE_PORT: '2525' }).problems.map((problem) => problem.file)).toEqual(['RETURN_PATH_DOMAIN'])
  expect(readConfig({ BOUNCE_PORT: '2525', REPLY_DOMAIN: 'reply.course.example' }).bouncePort).toBe(2525)
})

test('STARTTLS for reports needs certificate and key, and the port they are for', () => {
  const reports = { RETURN_PATH_DOMAIN: 'bounces.course.example', BOUNCE_PORT: '2525' }
  const filesOf = (env: Record<string, string>) => refusal(env).problems.map((problem) => problem.file)
  expect(filesOf({ ...reports, BOUNCE_TLS_CERT_FILE: '/a.pem' })).toEqual(['BOUNCE_TLS_KEY_FILE'])
  expect(filesOf({ ...reports, BOUNCE_TLS_KEY_FILE: '/a.pem' })).toEqual(['BOUNCE_TLS_CERT_FILE'])
  expect(filesOf({ BOUNCE_TLS_CERT_FILE: '/a.pem', BOUNCE_TLS_KEY_FILE: '/b.pem' })).toEqual(['BOUNCE_PORT'])
})

test('several keys sign at once, each with a selector and a file of its own', () => {
  const env = { DKIM_DOMAIN: 'course.example', DKIM_SELECTOR: 'rsa, ed', DKIM_KEY_FILE: '/srv/rsa.pem,/srv/ed.pem' }
  expect(readConfig(env).dkim).toEqual([
    { domain: 'course.example', selector: 'rsa', keyFile: '/srv/rsa.pem' },
    { domain: 'course.example', selector: 'ed', keyFile: '/srv/ed.pem' },
  ])
  expect(() => readConfig({ ...env, DKIM_KEY_FILE: '/srv/rsa.pem' })).toThrow(/names 1 files for the 2 selectors/)
})

test('the example file names every setting, and no other', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  const names = [...example.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1])
  expect(names.toSorted()).toEqual([...SETTINGS.keys()].toSorted())
})

test('the example file and the documents describe the settings as "npm run settings -- --write" does', () => {
  const documents = settingsDocuments(fileURLToPath(new URL('..', import.meta.url)))
  expect(documents.length).toBeGreaterThan(1)
  for (const { file, text, expected } of documents) expect({ file, text }).toEqual({ file, text: expected })
})

test('the example of every setting, and every default, can be parsed', () => {
  for (const [name, { type, example, default: fallback }] of SETTINGS)
    for (const text of [example, fallback])
      if (text) expect({ name, success: type.safeParse(text).success }).toEqual({ name, success: true })
})
