import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { SMTPServer } from 'smtp-server'
import { DOCTOR_USAGE, runDoctor } from '../../src/cli/doctor/doctor.ts'
import { AppError } from '../../src/core/errors.ts'
import type { SmtpServer } from '../../src/core/service-urls/relay-url.ts'
import { readTlsFiles } from '../../src/inbound/tls-files.ts'
import { fileMode, freeBytes } from '../../src/local/file-stats.ts'
import { readDkimKey } from '../../src/mail/message/dkim.ts'
import { probeRelay } from '../../src/mail/smtp/probe-relay.ts'
import { checkRedis } from '../../src/queue/check-redis.ts'
import { databaseProblem } from '../../src/store/inspect-database.ts'
import { dkimRecord } from '../mail/message/every-message.ts'
import { redisAt, relayAt, siteAt } from '../support/parse-servers.ts'
import { selfSigned } from '../support/self-signed.ts'
import { createTempFolder } from '../support/temp-folder.ts'

type DoctorDeps = Parameters<typeof runDoctor>[0]

const DAY = 86_400_000
const NOW = Date.parse('2026-11-23T06:00:00Z')
const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ED25519 = generateKeyPairSync('ed25519')
const pem = (pair: typeof ED25519) => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

let folder: { path: string; remove(): Promise<void> }
let relay: SMTPServer | null = null

beforeEach(async () => {
  folder = await createTempFolder()
  await writeFile(join(folder.path, 'secret'), 'x'.repeat(64), { mode: 0o600 })
  await writeFile(join(folder.path, 'rsa.pem'), pem(RSA), { mode: 0o600 })
  await writeFile(join(folder.path, 'ed.pem'), pem(ED25519), { mode: 0o600 })
})

afterEach(async () => {
  await new Promise<void>((resolve) => (relay === null ? resolve() : relay.close(() => resolve())))
  relay = null
  await folder.remove()
})

type DnsRecord = readonly [name: string, type: 'TXT' | 'MX' | 'A' | 'PTR', value: string]
type Changes = Readonly<Record<string, DnsRecord | null>>

/** All the records that a sender needs; a test takes one away (null), or puts another in its place. */
function recordsWith(changes: Changes = {}): DnsRecord[] {
  const records: Changes = {
    spf: ['course.test', 'TXT', 'v=spf1 include:relay.example -all'],
    path: ['bounces.course.test', 'TXT', 'v=spf1 include:relay.example -all'],
    mx: ['bounces.course.test', 'MX', 'mx.course.test'],
    replyMx: ['reply.course.test', 'MX', 'mx.course.test'],
    rsa: ['rsa._domainkey.course.test', 'TXT', dkimRecord(RSA.publicKey)],
    ed: ['ed._domainkey.course.test', 'TXT', dkimRecord(ED25519.publicKey)],
    dmarc: ['_dmarc.course.test', 'TXT', 'v=DMARC1; p=reject; rua=mailto:dmarc@course.example.org'],
    a: ['out.course.test', 'A', '203.0.113.7'],
    ptr: ['203.0.113.7', 'PTR', 'out.course.test'],
    ...changes,
  }
  return Object.values(records).filter((record) => record !== null)
}

/** DNS that has these records and no others. */
function dnsWith(changes: Changes = {}): DoctorDeps['dns'] {
  const records = recordsWith(changes)
  const find = (type: DnsRecord[1]) => async (name: string) =>
    records.filter((record) => record[0] === name && record[1] === type).map(([, , value]) => value)
  return { txt: find('TXT'), mx: find('MX'), addresses: find('A'), ptr: find('PTR') }
}

async function examine(changes: {
  records?: Changes
  settings?: Partial<DoctorDeps['settings']>
  deps?: Partial<DoctorDeps>
  args?: readonly string[]
}): Promise<{ status: number; text: string; of: (name: string) => { level: string; message: string; fix: string }[] }> {
  const dkim = [
    { domain: 'course.test', selector: 'rsa', keyFile: join(folder.path, 'rsa.pem') },
    { domain: 'course.test', selector: 'ed', keyFile: join(folder.path, 'ed.pem') },
  ]
  const { text, status } = await runDoctor(
    {
      settings: {
        production: true,
        publicUrl: siteAt('https://www.course.test'),
        dataDir: folder.path,
        database: { sqlite: join(folder.path, 'bootcamp.db') },
        databaseConnections: 10,
        smtp: null,
        smtpTls: 'opportunistic',
        redis: null,
        // ".test" is reserved, and the doctor says so.
        mailFrom: { address: 'hello@course.test' },
        dkim,
        returnPathDomain: 'bounces.course.test',
        replyDomain: 'reply.course.test',
        hasReplyWebhook: false,
        bouncePort: 2525,
        bounceTls: null,
        desk: null,
        missingPrivacy: [],
        ...changes.settings,
      },
      dns: dnsWith(changes.records),
      readText: (file) => readFile(file, 'utf8'),
      readKey: readDkimKey,
      probeRelay: (server) => probeRelay(server, 'course.test'),
      checkRedis,
      readTlsFiles,
      reportsSetAside: async () => 0,
      courseProblems: async () => [],
      databaseProblem,
      freeBytes,
      fileMode,
      filesOpenToOthers: () => [],
      fetchProxyWarning: async () => ({ warning: null }),
      fetchDesk: async () => ({ kind: 'desk' }),
      now: () => NOW,
      ...changes.deps,
    },
    changes.args ?? ['--json', '--ip', '203.0.113.7'],
  )
  const checks = changes.args ? [] : JSON.parse(text).checks
  return { status, text, of: (name) => checks.filter((check: { name: string }) => check.name === name) }
}

describe('a sender who gets everything right', () => {
  test('is told so, but for a domain that nobody owns', async () => {
    const { status, of, text } = await examine({})
    const levels = JSON.parse(text).checks.map(
      ({ name, level }: { name: string; level: string }) => `${name}: ${level}`,
    )
    expect(levels).toEqual([
      'sender: warning',
      'spf: ok',
      'dkim: ok',
      'dkim: ok',
      'dmarc: ok',
      'alignment: ok',
      'return path: ok',
      'replies: ok',
      'starttls: ok',
      'reports: ok',
      'ptr: ok',
      'relay: skipped',
      'redis: ok',
      'database: ok',
      'courses: ok',
      'disk: ok',
      'files: ok',
      'proxies: ok',
      'desk: ok',
      'privacy: ok',
    ])
    expect(status).toBe(1)
    expect(
      of('dkim')
        .map(({ message }) => message)
        .join(),
    ).toMatch(/RSA-2048.*Ed25519/)
  })

  test('gets the same in words, a sentence for each', async () => {
    const { text, status } = await examine({ args: ['--ip', '203.0.113.7'] })
    expect(status).toBe(1)
    expect(text).toMatch(/^warning +sender +MAIL_FROM is in course\.test/)
    expect(text).toContain('18 ok, 1 warnings, 0 problems, 1 skipped')
    expect((await examine({ args: ['--ip', 'nonsense'] })).text).toBe(DOCTOR_USAGE)
  })
})

describe('what is wrong in DNS is a problem with its fix', () => {
  const other = generateKeyPairSync('ed25519')
  const ED_NAME = 'ed._domainkey.course.test'
  const cases: [string, Changes, string, string, RegExp, RegExp][] = [
    ['no SPF record', { path: null }, 'spf', 'problem', /has no SPF record/, /bounces\.course\.test TXT "v=spf1/],
    [
      'two SPF records',
      { more: ['bounces.course.test', 'TXT', 'v=spf1 -all'] },
      'spf',
      'problem',
      /2 SPF records/,
      /Join/,
    ],
    [
      'SPF for everybody',
      { path: ['bounces.course.test', 'TXT', 'v=spf1 +all'] },
      'spf',
      'problem',
      /everybody/,
      /-all/,
    ],
    [
      'SPF for nobody',
      { path: ['bounces.course.test', 'TXT', 'v=spf1 -all'] },
      'spf',
      'problem',
      /names no sender/,
      /include/,
    ],
    [
      'SPF without an end',
      { path: ['bounces.course.test', 'TXT', 'v=spf1 mx'] },
      'spf',
      'warning',
      /does not say/,
      /-all/,
    ],
    ['no DKIM record', { ed: null }, 'dkim', 'problem', /no DKIM record/, /k=ed25519; p=/],
    ['a revoked key', { ed: [ED_NAME, 'TXT', 'v=DKIM1; k=ed25519; p='] }, 'dkim', 'problem', /revoked/, /Publish/],
    [
      'another key',
      { ed: [ED_NAME, 'TXT', dkimRecord(other.publicKey)] },
      'dkim',
      'problem',
      /not the one that signs/,
      /DKIM_KEY_FILE/,
    ],
    [
      'a key on trial',
      { ed: [ED_NAME, 'TXT', `t=y; ${dkimRecord(ED25519.publicKey)}`] },
      'dkim',
      'warning',
      /tried out/,
      /t=y/,
    ],
    ['no DMARC record', { dmarc: null }, 'dmarc', 'problem', /no DMARC record/, /_dmarc\.course\.test TXT/],
    [
      'no policy',
      { dmarc: ['_dmarc.course.test', 'TXT', 'v=DMARC1; rua=mailto:a@b.example'] },
      'dmarc',
      'problem',
      /no policy/,
      /p=none/,
    ],
    [
      'nobody told',
      { dmarc: ['_dmarc.course.test', 'TXT', 'v=DMARC1; p=none'] },
      'dmarc',
      'warning',
      /not reported to anybody/,
      /rua=/,
    ],
    ['no MX for reports', { mx: null }, 'return path', 'problem', /no MX record/, /MX 10/],
    ['no MX for replies', { replyMx: null }, 'replies', 'problem', /no MX record/, /MX 10/],
    ['no reverse name', { ptr: null }, 'ptr', 'problem', /no name in reverse DNS/, /PTR/],
    [
      'a reverse name that leads elsewhere',
      { a: ['out.course.test', 'A', '203.0.113.8'] },
      'ptr',
      'problem',
      /does not resolve back/,
      /A 203\.0\.113\.7/,
    ],
  ]

  test.each(cases)('%s', async (_, changes, name, level, message, fix) => {
    const { status, of } = await examine({ records: changes })
    const finding = of(name).find((one) => one.level === level)
    expect(finding?.message).toMatch(message)
    expect(finding?.fix).toMatch(fix)
    expect(status).toBe(level === 'problem' ? 2 : 1)
  })

  test('alignment: relaxed takes subdomains, strict does not, another domain never', async () => {
    const strict = ['_dmarc.course.test', 'TXT', 'v=DMARC1; p=reject; aspf=s; rua=mailto:a@b.example'] as const
    expect((await examine({ records: { dmarc: strict } })).of('alignment')[0]).toMatchObject({ level: 'warning' })
    const elsewhere = [{ domain: 'relay.test', selector: 'rsa', keyFile: join(folder.path, 'rsa.pem') }]
    const { of } = await examine({ settings: { dkim: elsewhere, returnPathDomain: 'relay.test' } })
    expect(of('alignment')[0]).toMatchObject({
      level: 'problem',
      fix: expect.stringContaining('DKIM_DOMAIN to course.test'),
    })
  })

  test('DNS that does not answer is no problem of the sender', async () => {
    const silent = async () => {
      throw new Error('no test asks the network')
    }
    const dns = { txt: silent, mx: silent, addresses: silent, ptr: silent }
    const { status, text } = await examine({ deps: { dns }, args: ['--json'] })
    expect(status).toBe(1)
    expect(text).toContain('Could not be checked: no test asks the network.')
  })
})

describe('the relay', () => {
  async function listen(options: ConstructorParameters<typeof SMTPServer>[0]): Promise<number> {
    const server = new SMTPServer({ disableReverseLookup: true, authOptional: true, logger: false, ...options })
    server.on('error', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    relay = server
    return (server.server.address() as AddressInfo).port
  }

  const certificate = (from: number, to: number) => ({
    key: RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: selfSigned(RSA, from, to, 'localhost'),
  })
  const trusting = (ca: string) => ({ probeRelay: (server: SmtpServer) => probeRelay(server, 'course.test', ca) })

  test.each([false, true])('with a certificate that is trusted is fine (TLS from the start: %s)', async (secure) => {
    const now = Date.now()
    const tls = certificate(now - DAY, now + 90 * DAY)
    const port = await listen({ ...tls, secure })
    const smtp = relayAt(`${secure ? 'smtps' : 'smtp'}://localhost:${port}`)
    const { of } = await examine({ settings: { smtp }, deps: { ...trusting(tls.cert), now: Date.now } })
    expect(of('relay')).toEqual([
      { name: 'relay', level: 'ok', message: expect.stringContaining(secure ? 'implicit' : 'starttls'), fix: '' },
    ])
    expect(of('clock')[0]?.level).toBe('skipped')
  })

  test('with a certificate that nobody vouches for is a problem, one that ends soon a warning', async () => {
    const now = Date.now()
    const tls = certificate(now - DAY, now + 3 * DAY)
    const smtp = relayAt(`smtp://localhost:${await listen(tls)}`)
    expect((await examine({ settings: { smtp } })).of('relay')[0]).toMatchObject({
      level: 'problem',
      message: expect.stringMatching(/is not trusted: .*self.signed/i),
    })
    const soon = await examine({ settings: { smtp }, deps: { ...trusting(tls.cert), now: Date.now } })
    expect(soon.of('relay')[0]).toMatchObject({ level: 'warning', message: expect.stringContaining('ends on') })
  })

  test('without TLS is fine on this machine and a problem across a network', async () => {
    const port = await listen({ disabledCommands: ['STARTTLS'] })
    const here = await examine({ settings: { smtp: relayAt(`smtp://127.0.0.1:${port}`) } })
    expect(here.of('relay')[0]).toMatchObject({ level: 'ok', message: expect.stringContaining('no TLS') })
    const far = await examine({
      settings: { smtp: relayAt('smtp://user:word@relay.test:587') },
      deps: { probeRelay: () => probeRelay(relayAt(`smtp://127.0.0.1:${port}`), 'course.test') },
    })
    expect(far.of('relay')[0]).toMatchObject({
      level: 'problem',
      message: expect.stringContaining('mail and password'),
    })
    expect(far.text).not.toContain('word@')
  })

  test('without TLS, or with STARTTLS taken out on the way, is a problem where SMTP_TLS is required', async () => {
    const port = await listen({ disabledCommands: ['STARTTLS'] })
    const { of } = await examine({ settings: { smtp: relayAt(`smtp://127.0.0.1:${port}`), smtpTls: 'required' } })
    expect(of('relay')[0]).toMatchObject({
      level: 'problem',
      message: expect.stringContaining('offers no STARTTLS, and SMTP_TLS is required'),
      fix: expect.stringContaining('smtps://'),
    })
  })

  test('spoken to in clear by SMTP_TLS=none is fine on this machine and a problem elsewhere', async () => {
    const now = Date.now()
    const tls = certificate(now - DAY, now + 90 * DAY)
    const port = await listen(tls)
    const here = await examine({ settings: { smtp: relayAt(`smtp://127.0.0.1:${port}`), smtpTls: 'none' } })
    expect(here.of('relay')[0]).toMatchObject({ level: 'ok', message: expect.stringContaining('SMTP_TLS=none') })
    const far = await examine({
      settings: { smtp: relayAt('smtp://relay.test:587'), smtpTls: 'none' },
      deps: { probeRelay: () => probeRelay(relayAt(`smtp://127.0.0.1:${port}`), 'course.test') },
    })
    expect(far.of('relay')[0]).toMatchObject({ level: 'problem', fix: 'Leave SMTP_TLS out.' })
  })

  test('that does not answer is a problem', async () => {
    const { of, status } = await examine({ settings: { smtp: relayAt('smtp://127.0.0.1:1') } })
    expect(of('relay')[0]).toMatchObject({ level: 'problem', message: expect.stringContaining('cannot be reached') })
    expect(status).toBe(2)
  })

  test('that tells the time when it greets shows a clock that is wrong', async () => {
    const port = await listen({ disabledCommands: ['STARTTLS'], banner: 'Mon, 23 Nov 2026 06:05:00 +0000' })
    const { of } = await examine({ settings: { smtp: relayAt(`smtp://127.0.0.1:${port}`) } })
    expect(of('clock')[0]).toMatchObject({ level: 'warning', message: "The clock is -300 s off the relay's." })
  })
})

describe('this machine', () => {
  test('files with secrets that others may read are a problem, with the command that mends it', async () => {
    await chmod(join(folder.path, 'ed.pem'), 0o640)
    const { of, status } = await examine({})
    expect(of('files')[0]).toMatchObject({ level: 'problem', fix: `chmod 600 ${join(folder.path, 'ed.pem')}` })
    expect(status).toBe(2)
  })

  test('data that others may get at is a problem, with the fix', async () => {
    const { of, status } = await examine({ deps: { filesOpenToOthers: () => ['/d/a', '/d/b', '/d/c', '/d/e'] } })
    expect(of('files')[0]).toMatchObject({
      level: 'problem',
      message: 'Other users can access /d/a, /d/b, /d/c and 1 more.',
      fix: expect.stringContaining('chmod -R u=rwX,go= '),
    })
    expect(status).toBe(2)
  })

  test('a disk that is nearly full, and a Redis that is away', async () => {
    const { of } = await examine({
      settings: { redis: redisAt('redis://127.0.0.1:1') },
      deps: { freeBytes: async () => 50 * 1024 * 1024 },
    })
    expect(of('disk')[0]).toMatchObject({ level: 'problem', message: '50 MB are free in the data folder.' })
    expect(of('redis')[0]).toMatchObject({ level: 'problem', message: expect.stringContaining('cannot be reached') })
  })

  test('an email of a course that cannot be built, with file, line and fix', async () => {
    const found = { file: 'lessons/x/day-1.md', line: 3, what: 'This email cannot be sent.', fix: 'Shorten it.' }
    const { of, status } = await examine({ deps: { courseProblems: async () => [found] } })
    const message = 'lessons/x/day-1.md:3: This email cannot be sent. Shorten it.'
    expect(of('courses')[0]).toMatchObject({ level: 'problem', message })
    expect(status).toBe(2)
  })

  test('a database path that is a folder, and what keeps Redis from working', async () => {
    const sentence = 'REDIS_URL leads to a read-only replica.'
    const checkRedis = async () => {
      throw new AppError('misconfigured', sentence)
    }
    const redis = redisAt('redis://127.0.0.1:1')
    const { of } = await examine({ settings: { redis, database: { sqlite: folder.path } }, deps: { checkRedis } })
    expect(of('database')[0]).toMatchObject({
      level: 'problem',
      message: expect.stringMatching(/is a folder\. Name a file/),
    })
    expect(of('redis')[0]).toMatchObject({ level: 'problem', message: sentence })
    const doubtful = async () => ({ state: 'ready' as const, doubt: 'maxmemory-policy cannot be read.', master: null })
    const { of: second } = await examine({ settings: { redis }, deps: { checkRedis: doubtful } })
    expect(second('redis')[0]).toMatchObject({ level: 'warning', fix: 'maxmemory-policy cannot be read.' })
  })

  test.each([
    [
      'ready',
      null,
      'ok',
      'Redis answers at 10.0.0.7:6379, the master that Sentinel names, and does not evict keys (noeviction).',
    ],
    ['ready', 'No replica.', 'warning', 'Redis answers at 10.0.0.7:6379, the master that Sentinel names.'],
    [
      'away',
      null,
      'problem',
      'The master that Sentinel names, 10.0.0.7:6379, cannot be reached from here, or a failover is under way.',
    ],
  ] as const)('which Redis is the master, where Sentinel names one: %s, %s', async (state, doubt, level, message) => {
    const { of } = await examine({
      settings: { redis: redisAt('redis+sentinel://one/main') },
      deps: { checkRedis: async () => ({ state, doubt, master: '10.0.0.7:6379' }) },
    })
    expect(of('redis')[0]).toMatchObject({ level, message })
  })

  test('the command ends with the status of the worst finding, and its JSON is for scripts', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const command = ['--import', join(root, 'test/cli/answer-dns.mjs'), join(root, 'src/command.ts'), 'doctor']
    const run = (env: Record<string, string>, ...args: string[]) =>
      spawnSync(process.execPath, [...command, ...args], {
        cwd: folder.path,
        env: {
          ...{ PATH: process.env.PATH ?? '', DATA_DIR: folder.path, TEST_DNS: JSON.stringify(recordsWith()) },
          ...env,
        },
        encoding: 'utf8',
      })
    const done = run({ MAIL_FROM: 'hello@course.test' }, '--json')
    expect(done.stderr).not.toContain('Error')
    // Unsigned here, and without a return path: warnings.
    expect({ status: done.status, told: JSON.parse(done.stdout).status }).toEqual({ status: 1, told: 1 })
    expect(run({ MAIL_FROM: 'hello@elsewhere.test' }).status).toBe(2)
    const wrong = run({ SMTP_URL: 'nonsense' })
    expect({ status: wrong.status, told: wrong.stderr }).toEqual({
      status: 2,
      told: expect.stringContaining('SMTP_URL'),
    })
  })
})

describe('reports on sent mail', () => {
  const files = () => ({ certFile: join(folder.path, 'tls.crt'), keyFile: join(folder.path, 'tls.key') })

  async function withCertificate(from: number, to: number, host: string, key = RSA) {
    await writeFile(files().certFile, selfSigned(RSA, from, to, host))
    await writeFile(files().keyFile, pem(key as typeof ED25519), { mode: 0o600 })
    return examine({ settings: { bounceTls: files() } })
  }

  test('that are set aside are named with the command to see them', async () => {
    const { of, status } = await examine({ deps: { reportsSetAside: async () => 2 } })
    expect(of('reports')).toMatchObject([{ level: 'warning', fix: 'See them with: npm run mail -- reports' }])
    expect(status).toBe(1)
    expect((await examine({ deps: { reportsSetAside: async () => null } })).of('reports')).toMatchObject([
      { level: 'skipped' },
    ])
  })

  test('come by STARTTLS with a certificate for the MX that is in force', async () => {
    const host = 'mx.course.test'
    const levelOf = async (...given: Parameters<typeof withCertificate>) =>
      (await withCertificate(...given)).of('starttls')[0]?.level
    expect(await levelOf(NOW - DAY, NOW + 60 * DAY, host)).toBe('ok')
    expect(await levelOf(NOW - DAY, NOW + 5 * DAY, host)).toBe('warning')
    expect(await levelOf(NOW - 60 * DAY, NOW - DAY, host)).toBe('problem')
    expect(await levelOf(NOW - DAY, NOW + 60 * DAY, 'other.course.test')).toBe('warning')
  })

  test('of replies are taken by the port or by the webhook of a provider', async () => {
    const levelOf = async (settings: Partial<DoctorDeps['settings']>) =>
      (await examine({ settings: { bouncePort: null, ...settings } })).of('replies')[0]?.level
    expect(await levelOf({ bouncePort: 2525 })).toBe('ok')
    expect(await levelOf({})).toBe('problem')
    expect(await levelOf({ hasReplyWebhook: true })).toBe('ok')
    expect(await levelOf({ replyDomain: null })).toBe('skipped')
  })

  test('and replies have a certificate for both MX, unless a provider takes the replies', async () => {
    const records: Changes = { replyMx: ['reply.course.test', 'MX', 'in.provider.test'] }
    await withCertificate(NOW - DAY, NOW + 60 * DAY, 'mx.course.test')
    const levelOf = async (hasReplyWebhook: boolean) =>
      (await examine({ records, settings: { bounceTls: files(), hasReplyWebhook } })).of('starttls')[0]?.level
    expect(await levelOf(false)).toBe('warning')
    expect(await levelOf(true)).toBe('ok')
  })

  test('come by none with files that cannot be read or do not belong together', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const mismatch = await withCertificate(NOW - DAY, NOW + 60 * DAY, 'mx.course.test', other)
    expect(mismatch.of('starttls')).toMatchObject([
      { level: 'problem', message: expect.stringContaining('is not the private key') },
    ])
    const missing = await examine({ settings: { bounceTls: { ...files(), keyFile: join(folder.path, 'no.key') } } })
    expect(missing.of('starttls')).toMatchObject([
      { level: 'problem', message: expect.stringContaining('cannot be read') },
    ])
  })

  test('have a key that is for its owner alone', async () => {
    await withCertificate(NOW - DAY, NOW + 60 * DAY, 'mx.course.test')
    await chmod(files().keyFile, 0o644)
    const { of } = await examine({ settings: { bounceTls: files() } })
    expect(of('files')).toMatchObject([{ level: 'problem', message: expect.stringContaining('tls.key') }])
  })
})

describe('the privacy page and the proxies', () => {
  test('what the page waits for is named', async () => {
    const { of } = await examine({ settings: { missingPrivacy: ['PRIVACY_CONTROLLER', 'PRIVACY_CONTACT'] } })
    expect(of('privacy')[0]).toMatchObject({
      level: 'warning',
      message: expect.stringMatching(/CONTROLLER, PRIVACY_CONTACT/),
    })
  })

  test('what the running site saw is said again, and where none runs that is said', async () => {
    const sentence = 'Requests bring X-Forwarded-For, and TRUST_PROXY is 0.'
    const seen = await examine({ deps: { fetchProxyWarning: async () => ({ warning: sentence }) } })
    expect(seen.of('proxies')[0]).toMatchObject({ level: 'warning', message: sentence })
    const none = await examine({ deps: { fetchProxyWarning: async () => null } })
    expect(none.of('proxies')[0]).toMatchObject({ level: 'skipped' })
  })
})

describe('the desk', () => {
  const url = (href: string) => ({
    href,
    secure: href.startsWith('https:'),
    hostname: new URL(href).hostname,
    path: '',
  })
  const desk = (href: string, host = '127.0.0.1') => ({ desk: { url: url(href), listen: { host, port: 3001 } } })
  const behindProxy = desk('https://desk.example')

  test('is said where it is, and that a port without TLS is for this machine alone', async () => {
    const found = async (settings: Parameters<typeof examine>[0]) => (await examine(settings)).of('desk')[0]
    expect(await found({})).toMatchObject({ level: 'ok', message: expect.stringContaining('DESK is off') })
    const below = { desk: { url: url('https://course.example'), listen: null } }
    expect(await found({ settings: below })).toMatchObject({ level: 'ok' })
    expect(await found({ settings: desk('http://localhost:3001') })).toMatchObject({ level: 'ok' })
    expect(await found({ settings: desk('http://10.0.0.5:3001', '10.0.0.5') })).toMatchObject({
      level: 'warning',
      fix: expect.stringContaining('DESK_URL'),
    })
  })

  test('behind a proxy is asked through it', async () => {
    const asked: string[] = []
    const answering = (answer: Awaited<ReturnType<DoctorDeps['fetchDesk']>>) =>
      examine({
        settings: behindProxy,
        deps: {
          fetchDesk: async (href) => {
            asked.push(href)
            return answer
          },
        },
      })
    expect((await answering({ kind: 'desk' })).of('desk')[0]).toMatchObject({ level: 'ok' })
    expect((await answering({ kind: 'other', status: 502 })).of('desk')[0]).toMatchObject({
      level: 'warning',
      message: 'DESK_URL is not the desk: it answers 502.',
    })
    expect((await answering({ kind: 'none', reason: 'ENOTFOUND' })).of('desk')[0]).toMatchObject({
      level: 'warning',
      message: 'DESK_URL does not answer: ENOTFOUND.',
    })
    expect(new Set(asked)).toEqual(new Set(['https://desk.example/desk/sign-in']))
  })
})
