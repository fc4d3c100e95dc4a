import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { checkDmarc, findDmarc, isAligned } from '../core/doctor/dmarc.ts'
import { checkDkim, checkSpf, type Finding, fault, ok, skipped, warning } from '../core/doctor/sender-records.ts'
import { AppError, formatProblem, type Problem } from '../core/errors.ts'
import type { PublicUrl, RedisServer, SmtpServer } from '../core/service-url.ts'
import { type Dns, dnsFromFile } from './dns-from-file.ts'

export const DOCTOR_USAGE = `npm run doctor                      checks the sending setup and says how to fix what is wrong
npm run doctor -- --records <file>  takes the DNS records from a zone file
npm run doctor -- --ip <address>    checks the reverse DNS of the address that mail leaves from
npm run doctor -- --json            the same for scripts; exit status: 0 no problems, 1 warnings, 2 errors`

/** What the checks need of the world. command.ts puts it together. */
export interface DoctorDeps {
  readonly settings: {
    readonly production: boolean
    readonly publicUrl: PublicUrl
    readonly dataDir: string
    readonly databaseFile: string
    readonly smtp: SmtpServer | null
    readonly smtpTls: 'required' | 'opportunistic' | 'none'
    readonly redis: RedisServer | null
    readonly mailFrom: { readonly address: string }
    readonly dkim: readonly { readonly domain: string; readonly selector: string; readonly keyFile: string }[]
    readonly returnPathDomain: string | null
    readonly bouncePort: number | null
    readonly bounceTls: TlsFiles | null
    /** Names of settings that the privacy page waits for. */
    readonly missingPrivacy: readonly string[]
  }
  /** What the running site says of the proxies in front of it: nothing, or a warning. Null where it does not run here. */
  readonly fetchProxyWarning: () => Promise<{ readonly warning: string | null } | null>
  readonly dns: Dns
  readonly readText: (file: string) => Promise<string>
  /** Fails with `misconfigured` and the fix. */
  readonly readKey: (
    names: { readonly domain: string; readonly selector: string; readonly keyFile: string },
    pem: string,
  ) => { readonly key: KeyObject }
  readonly probeRelay: (server: SmtpServer) => Promise<Relay>
  /** Fails with `misconfigured` and the fix where Redis would lose jobs. */
  readonly checkRedis: (
    server: RedisServer,
  ) => Promise<{ readonly state: 'ready' | 'away'; readonly doubt: string | null }>
  /** Fails with `misconfigured` and the fix where the files cannot be used for STARTTLS. */
  readonly readTlsFiles: (files: TlsFiles) => Promise<{
    /** ms UTC. */
    readonly validUntil: number
    readonly isForReader: (host: string) => boolean
  }>
  /** How many reports on sent mail are set aside; null where there is no database yet. */
  readonly reportsSetAside: () => Promise<number | null>
  /** What keeps an email of a course from being sent. Fails with `misconfigured` where a file cannot be read. */
  readonly courseProblems: () => Promise<readonly Problem[]>
  /** What keeps the file from being the database; null: nothing. */
  readonly databaseProblem: (file: string) => string | null
  readonly freeBytes: (folder: string) => Promise<number>
  /** Permission bits; null where there is no such file. */
  readonly fileMode: (file: string) => Promise<number | null>
  /** Files and folders of the service's data that others may read, write or list. */
  readonly filesOpenToOthers: () => readonly string[]
  /** ms UTC. */
  readonly now: () => number
}

type Relay =
  | { readonly reachable: false; readonly reason: string }
  | {
      readonly reachable: true
      readonly greeting: string
      readonly tls: 'none' | 'starttls' | 'implicit'
      readonly certificateProblem: string | null
      readonly validUntil: number | null
    }

interface TlsFiles {
  readonly certFile: string
  readonly keyFile: string
}

interface Check {
  readonly name: string
  readonly run: () => Promise<Finding>
}

const DAY_MS = 86_400_000
const MB = 1024 * 1024

/** Looks at everything and changes nothing. Returns what to print and the exit status: 0, 1 with warnings, 2 with faults. */
export async function runDoctor(deps: DoctorDeps, args: readonly string[]): Promise<{ text: string; status: number }> {
  const options = readOptions(args)
  if (options === null) return { text: DOCTOR_USAGE, status: 2 }
  const dns = options.records === null ? deps.dns : await dnsFromFile(deps.readText, options.records)
  const findings: (Finding & { name: string })[] = []
  for (const { name, run } of checksOf({ ...deps, dns }, options.ip)) {
    const finding = await run().catch((error: unknown) =>
      error instanceof AppError
        ? fault(error.message, '')
        : warning(`Could not be checked: ${(error as Error).message}.`, 'Try again where DNS and the network answer.'),
    )
    findings.push({ name, ...finding })
  }
  const has = (level: Finding['level']) => findings.some((finding) => finding.level === level)
  const status = has('fault') ? 2 : has('warning') ? 1 : 0
  return { text: options.json ? JSON.stringify({ status, checks: findings }, null, 2) : report(findings), status }
}

function readOptions(args: readonly string[]): { json: boolean; records: string | null; ip: string | null } | null {
  const options = { json: false, records: null as string | null, ip: null as string | null }
  const rest = [...args]
  while (rest.length > 0) {
    const word = rest.shift()
    const value = word === '--json' ? null : rest.shift()
    if (word === '--json') options.json = true
    else if (word === '--records' && value) options.records = value
    else if (word === '--ip' && value && isIP(value) > 0) options.ip = value
    else return null
  }
  return options
}

function checksOf(deps: DoctorDeps, ip: string | null): Check[] {
  const { settings, dns } = deps
  const from = domainOf(settings.mailFrom.address)
  const envelope = settings.returnPathDomain ?? from
  const signers = settings.dkim.map((names) => ({ ...names, record: `${names.selector}._domainkey.${names.domain}` }))
  return [
    { name: 'sender', run: async () => sender(settings) },
    { name: 'spf', run: async () => checkSpf(envelope, await dns.txt(envelope)) },
    ...(signers.length === 0 ? [{ name: 'dkim', run: async () => unsigned() }] : []),
    ...signers.map((names) => ({
      name: 'dkim',
      run: async () => {
        const { key } = deps.readKey(names, await readKeyFile(deps, names.keyFile))
        return checkDkim(names.record, await dns.txt(names.record), key)
      },
    })),
    { name: 'dmarc', run: async () => checkDmarc(from, await findDmarc(from, dns.txt), await isKnown(dns, from)) },
    { name: 'alignment', run: () => alignment(deps, from, envelope) },
    { name: 'return path', run: () => returnPath(deps) },
    { name: 'starttls', run: () => reportTls(deps) },
    { name: 'reports', run: () => reports(deps) },
    { name: 'ptr', run: () => reverse(deps, ip) },
    ...relayChecks(deps),
    { name: 'redis', run: () => redis(deps) },
    { name: 'database', run: async () => database(deps) },
    { name: 'courses', run: () => courses(deps) },
    { name: 'disk', run: () => disk(deps) },
    { name: 'files', run: () => files(deps) },
    { name: 'proxies', run: () => proxies(deps) },
    { name: 'privacy', run: async () => privacy(settings) },
  ]
}

function sender({ mailFrom, production, publicUrl }: DoctorDeps['settings']): Finding {
  const domain = domainOf(mailFrom.address)
  if (/(^|\.)(example|test|invalid|localhost)$|(^|\.)example\.(com|net|org)$/.test(domain))
    return warning(
      `MAIL_FROM is in ${domain}, where nobody has a mailbox.`,
      'Set MAIL_FROM to an address in a domain of yours.',
    )
  if (!publicUrl.secure)
    return (production ? fault : warning)(
      'The links in mails are not https.',
      'Set PUBLIC_URL to the https address of the site.',
    )
  return ok(`Mail comes from ${domain}, and links lead to ${publicUrl.hostname}.`)
}

function unsigned(): Finding {
  const fix = 'Set DKIM_DOMAIN, DKIM_SELECTOR and DKIM_KEY_FILE, or make sure that the relay signs with your domain.'
  return warning('Messages are not signed with DKIM, which Gmail, Yahoo and Microsoft require.', fix)
}

async function readKeyFile(deps: DoctorDeps, file: string): Promise<string> {
  return deps.readText(file).catch((cause: unknown) => {
    throw new AppError(
      'misconfigured',
      `DKIM_KEY_FILE ${file} cannot be read. Put the key there, readable for this user.`,
      {
        cause,
      },
    )
  })
}

/** Whether DNS has anything under this name. */
async function isKnown(dns: Dns, domain: string): Promise<boolean> {
  const all = await Promise.all([dns.mx(domain), dns.addresses(domain), dns.txt(domain)])
  return all.some((records) => records.length > 0)
}

/** DMARC passes where SPF or DKIM passes for a domain that aligns with From. */
async function alignment({ settings, dns }: DoctorDeps, from: string, envelope: string): Promise<Finding> {
  const tags = (await findDmarc(from, dns.txt)).policy?.tags
  const aligned = (domain: string, mode: 'adkim' | 'aspf') =>
    isAligned(from, domain.toLowerCase(), tags?.get(mode)?.toLowerCase() === 's', dns.txt)
  const signers = await Promise.all(settings.dkim.map(({ domain }) => aligned(domain, 'adkim')))
  const signing = signers.filter(Boolean)
  const byPath = await aligned(envelope, 'aspf')
  if (signing.length > 0 && byPath)
    return ok(`From (${from}) aligns with the signatures and with the return path (${envelope}).`)
  if (signing.length > 0)
    return warning(
      `The return path (${envelope}) does not align with From (${from}); DMARC depends on DKIM alone.`,
      `Set RETURN_PATH_DOMAIN to a subdomain of ${from}.`,
    )
  if (settings.dkim.length > 0)
    return fault(
      `No signature's domain (${settings.dkim.map(({ domain }) => domain).join(', ')}) aligns with From (${from}).`,
      `Set DKIM_DOMAIN to ${from}, or MAIL_FROM to an address in that domain.`,
    )
  return byPath
    ? warning(`DMARC depends on SPF alone, which forwarding breaks.`, 'Sign with DKIM as well.')
    : fault(`Nothing aligns with From (${from}).`, `Sign with DKIM_DOMAIN=${from}.`)
}

async function returnPath({ settings, dns }: DoctorDeps): Promise<Finding> {
  const { returnPathDomain: domain, bouncePort } = settings
  if (domain === null)
    return warning(
      'RETURN_PATH_DOMAIN is not set: bounces go to MAIL_FROM and are not applied.',
      'Set it (docs/reports.md), or use the webhook of your relay.',
    )
  const exchanges = await dns.mx(domain)
  if (exchanges.length === 0)
    return fault(`${domain} has no MX record, so no report comes back.`, `Publish: ${domain} MX 10 <this host>`)
  if (bouncePort === null)
    return warning(`This service does not receive mail for ${domain}.`, 'Set BOUNCE_PORT and forward port 25 to it.')
  return ok(`Reports for ${domain} come to ${exchanges.join(', ')}.`)
}

/** Mail servers that bring reports take any certificate, but not one that cannot be used (RFC 7435). */
async function reportTls({ settings, dns, readTlsFiles, now }: DoctorDeps): Promise<Finding> {
  if (settings.bouncePort === null) return skipped('No reports are received here (BOUNCE_PORT is not set).')
  if (settings.bounceTls === null)
    return ok('Reports arrive unencrypted; set BOUNCE_TLS_CERT_FILE and BOUNCE_TLS_KEY_FILE to offer STARTTLS.')
  const { validUntil, isForReader } = await readTlsFiles(settings.bounceTls)
  const until = new Date(validUntil).toISOString().slice(0, 10)
  if (validUntil <= now()) return fault(`The certificate for reports expired on ${until}.`, 'Renew it.')
  if (validUntil - now() < 14 * DAY_MS) return warning(`The certificate for reports expires on ${until}.`, 'Renew it.')
  const domain = settings.returnPathDomain ?? ''
  const exchanges = await dns.mx(domain)
  const strange = exchanges.find((host) => !isForReader(host))
  return strange === undefined
    ? ok(`STARTTLS is offered for reports, with a certificate until ${until}.`)
    : warning(
        `The certificate for reports is not made for ${strange}, the MX of ${domain}.`,
        `Have one made for ${strange}.`,
      )
}

async function reports({ reportsSetAside }: DoctorDeps): Promise<Finding> {
  const count = await reportsSetAside()
  if (count === null) return skipped('There is no database yet, and so no reports.')
  return count === 0
    ? ok('No report on sent mail is set aside.')
    : warning(
        `${count} ${count === 1 ? 'report' : 'reports'} on sent mail failed three times and ${count === 1 ? 'is' : 'are'} set aside.`,
        'See them with: npm run mail -- reports',
      )
}

/** Receivers ask for a name of the sending address that leads back to it (FCrDNS). */
async function reverse({ settings, dns }: DoctorDeps, ip: string | null): Promise<Finding> {
  const host = settings.smtp?.host ?? null
  const addresses = ip !== null ? [ip] : host === null ? [] : isIP(host) ? [host] : await dns.addresses(host)
  const open = addresses.filter((address) => !isPrivate(address))
  if (open.length === 0)
    return skipped(
      'The address that mail leaves from is not known here; give it with --ip, unless your relay takes care of it.',
    )
  for (const address of open) {
    const names = await dns.ptr(address)
    if (names.length === 0)
      return fault(`${address} has no name in reverse DNS.`, 'Have the owner of the address publish a PTR record.')
    const back = await Promise.all(names.map((name) => dns.addresses(name)))
    if (!back.flat().includes(address))
      return fault(
        `${names[0]}, the name of ${address}, does not resolve back to it.`,
        `Publish: ${names[0]} A ${address}`,
      )
  }
  return ok(`Reverse DNS of ${open.join(', ')} resolves in both directions.`)
}

function relayChecks(deps: DoctorDeps): Check[] {
  const { smtp, smtpTls } = deps.settings
  if (smtp === null)
    return [
      {
        name: 'relay',
        run: async () => skipped('SMTP_URL is not set: emails go to the built-in test mailbox; none are sent.'),
      },
    ]
  let probing: Promise<Relay> | null = null
  const probe = () => {
    probing ??= deps.probeRelay(smtp)
    return probing
  }
  return [
    { name: 'relay', run: async () => relayTls(smtp, smtpTls, await probe(), deps.now()) },
    { name: 'clock', run: async () => clock(await probe(), deps.now()) },
  ]
}

function relayTls(server: SmtpServer, mode: DoctorDeps['settings']['smtpTls'], relay: Relay, now: number): Finding {
  const { host, credentials } = server
  if (!relay.reachable)
    return fault(
      `The relay ${host} cannot be reached: ${relay.reason}.`,
      'Correct SMTP_URL, or allow the connection in the firewall.',
    )
  if (relay.tls === 'none') {
    if (mode === 'required')
      return fault(
        `The relay ${host} offers no STARTTLS, and SMTP_TLS is required: nothing is sent.`,
        'Use smtps:// where it listens for TLS, or a relay with STARTTLS; if it offers STARTTLS from other networks, something in between is stripping it.',
      )
    if (isPrivate(host)) return ok(`The relay ${host} is on this machine or network, and offers no TLS.`)
    const fix = 'Use a relay with STARTTLS, or smtps:// where it listens for TLS.'
    return fault(
      `The relay ${host} offers no TLS: mail${credentials !== null ? ' and password' : ''} would go in clear text.`,
      fix,
    )
  }
  if (mode === 'none')
    return isPrivate(host)
      ? ok(`The relay ${host} is on this machine or network, and the connection is not encrypted (SMTP_TLS=none).`)
      : fault(`The relay ${host} offers TLS, but SMTP_TLS=none sends unencrypted.`, 'Leave SMTP_TLS out.')
  if (relay.certificateProblem !== null)
    return fault(
      `The certificate of ${host} is not trusted: ${relay.certificateProblem}.`,
      'Use the name it was made for in SMTP_URL, or have it renewed; name a private authority in NODE_EXTRA_CA_CERTS.',
    )
  if (relay.validUntil !== null && relay.validUntil - now < 14 * DAY_MS)
    return warning(
      `The certificate of ${host} ends on ${new Date(relay.validUntil).toISOString().slice(0, 10)}.`,
      'Renew it.',
    )
  return ok(`The relay ${host} supports TLS (${relay.tls}) with a trusted certificate.`)
}

/** Some servers say the time when they greet; the rest are not worth a question. */
function clock(relay: Relay, now: number): Finding {
  const said = relay.reachable
    ? /\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/.exec(relay.greeting)?.[0]
    : undefined
  if (said === undefined)
    return skipped('The relay does not tell the time when it greets, so the clock was not compared.')
  const off = Math.round((now - Date.parse(said)) / 1000)
  const fix = 'Let the system set its clock: timedatectl set-ntp true'
  if (Math.abs(off) > 3600) return fault(`The clock is ${off} s off the relay's.`, fix)
  return Math.abs(off) > 60
    ? warning(`The clock is ${off} s off the relay's.`, fix)
    : ok(`The clock agrees with the relay's.`)
}

async function redis({ settings, checkRedis }: DoctorDeps): Promise<Finding> {
  if (settings.redis === null) return ok('"npm start" runs its own Redis, which does not evict keys.')
  const { state, doubt } = await checkRedis(settings.redis)
  if (state === 'ready' && doubt !== null) return warning('Redis answers.', doubt)
  return state === 'ready'
    ? ok('Redis answers and does not evict keys (noeviction).')
    : fault('Redis cannot be reached at REDIS_URL.', 'Start it, correct the address, or leave REDIS_URL out.')
}

function database({ settings, databaseProblem }: DoctorDeps): Finding {
  const found = databaseProblem(settings.databaseFile)
  return found === null ? ok('The database can be opened or created.') : fault(found, '')
}

async function courses({ courseProblems }: DoctorDeps): Promise<Finding> {
  const faults = await courseProblems()
  return faults.length === 0
    ? ok('Every email of every course can be built.')
    : fault(faults.map(formatProblem).join('\n'), '')
}

async function disk({ settings, freeBytes }: DoctorDeps): Promise<Finding> {
  const free = Math.floor((await freeBytes(settings.dataDir)) / MB)
  const fix = 'Make room, or move DATA_DIR.'
  if (free < 100) return fault(`${free} MB are free in the data folder.`, fix)
  return free < 1024
    ? warning(`${free} MB are free in the data folder.`, fix)
    : ok(`${Math.floor(free / 1024)} GB are free in the data folder.`)
}

/** Anyone who can read these files can sign email in your name, or decrypt what learners wrote. */
async function files({ settings, fileMode, filesOpenToOthers }: DoctorDeps): Promise<Finding> {
  const all = [
    `${settings.dataDir}/secret`,
    '.env',
    ...settings.dkim.map(({ keyFile }) => keyFile),
    ...(settings.bounceTls === null ? [] : [settings.bounceTls.keyFile]),
  ]
  const seen = await Promise.all(all.map(async (file) => ({ file, mode: await fileMode(file) })))
  const open = seen.filter(({ mode }) => mode !== null && (mode & 0o077) !== 0).map(({ file }) => file)
  if (open.length > 0) return fault(`Other users can read ${open.join(', ')}.`, `chmod 600 ${open.join(' ')}`)
  const data = filesOpenToOthers()
  if (data.length > 0) {
    const named = `${data.slice(0, 3).join(', ')}${data.length > 3 ? ` and ${data.length - 3} more` : ''}`
    const fix = `Start the service, which closes what belongs to its user, or: chmod -R u=rwX,go= ${settings.dataDir}`
    return fault(`Other users can access ${named}.`, fix)
  }
  const there = seen.filter(({ mode }) => mode !== null).length
  return ok(
    there === 0 ? 'No file contains a secret yet.' : `Files with secrets (${there}) are readable by their owner only.`,
  )
}

/** Known to the running site alone: it sees how requests come. */
async function proxies({ fetchProxyWarning }: DoctorDeps): Promise<Finding> {
  const said = await fetchProxyWarning()
  if (said === null) return skipped('The site is not running here, so its proxies could not be checked.')
  return said.warning === null
    ? ok('Requests come through as many proxies as TRUST_PROXY says.')
    : warning(said.warning, 'Then restart the site, which remembers what it saw.')
}

function privacy({ missingPrivacy }: DoctorDeps['settings']): Finding {
  if (missingPrivacy.length === 0) return ok('The privacy page names the controller and the legal basis.')
  return warning(
    `The privacy page falls back to MAIL_FROM and MAIL_ADDRESS, because these are not set: ${missingPrivacy.join(', ')}.`,
    'Set them: the law asks for the controller, a contact and the legal basis.',
  )
}

function report(findings: readonly (Finding & { name: string })[]): string {
  const lines = findings.flatMap(({ name, level, say, fix }) => [
    `${level.padEnd(8)} ${name.padEnd(12)} ${say}`,
    ...(fix === '' ? [] : [`${' '.repeat(22)}${fix}`]),
  ])
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length
  return [
    ...lines,
    '',
    `${count('ok')} ok, ${count('warning')} warnings, ${count('fault')} faults, ${count('skipped')} skipped`,
  ].join('\n')
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

/** Loopback and private networks (RFC 1918, RFC 4193). */
function isPrivate(host: string): boolean {
  return /^(localhost|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|::1|f[cd][0-9a-f]{2}:.*)$/i.test(host)
}
