import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { domainToASCII } from 'node:url'
import validator from 'validator'
import { z } from 'zod'
import { type Problem, ProblemsError } from './core/errors.ts'
import { OWN_PATHS } from './core/paths.ts'
import type { HookSettings } from './core/reports/hook.ts'
import { readSendgridKey } from './core/reports/sendgrid.ts'
import {
  type Parsed,
  type PublicUrl,
  parseDatabaseUrl,
  parsePublicUrl,
  parseRedisUrl,
  parseSmtpUrl,
  type RedisServer,
  type SmtpServer,
} from './core/service-url.ts'
import { parseDuration } from './core/text/duration.ts'

/** Every setting of the service. The only place that knows the names of environment variables. */
export interface Config {
  readonly environment: 'development' | 'production' | 'test'
  /** 0 takes any free port. */
  readonly port: number
  /** What mails link to. */
  readonly publicUrl: PublicUrl
  /** Absolute. */
  readonly dataDir: string
  /** Absolute path of the SQLite file. */
  readonly databaseFile: string
  /** REDIS_URL; null: none configured. */
  readonly redis: RedisServer | null
  /** Of every Redis key; null: made of the installation's name. */
  readonly queuePrefix: string | null
  /** Of the built-in mailbox; null: 1080 or the next free one, the same at every restart. */
  readonly mailboxPort: number | null
  /** SMTP_URL; null: none configured. */
  readonly smtp: SmtpServer | null
  /** Whether TLS must stand before anything is said to the relay; see mail/smtp/smtp-connection.ts. */
  readonly smtpTls: 'required' | 'opportunistic' | 'none'
  readonly mailFrom: { readonly name: string; readonly address: string }
  /** Postal address in the footer; may hold several lines. */
  readonly mailAddress: string
  /** Keys that sign every message; empty: unsigned. Two at once while one replaces another, or RSA beside Ed25519. */
  readonly dkim: readonly { readonly domain: string; readonly selector: string; readonly keyFile: string }[]
  /** The domain that reports on sent mail come back to; null: envelope sender is MAIL_FROM and nothing comes back here. */
  readonly returnPathDomain: string | null
  /** Where mail for that domain is taken; null: not by this service. 0 takes any free port. */
  readonly bouncePort: number | null
  /** Absolute paths of certificate and key for STARTTLS on that port; null: not offered. */
  readonly bounceTls: { readonly certFile: string; readonly keyFile: string } | null
  /** What is needed to believe relays that report by webhook. Never print it. */
  readonly hooks: HookSettings
  /** Messages a day while a new sender gains trust; null: no limit. */
  readonly warmUp: readonly number[] | null
  /** Null: to be kept in a file of `dataDir`. Never print it. */
  readonly secretKey: string | null
  /** The course at `/`. */
  readonly course: string
  /** Length of a rehearsed course day in ms; null: real calendar days. */
  readonly courseDay: number | null
  /** How far ahead, in ms, deliveries get a delayed job. */
  readonly planningHorizon: number
  /** Deliveries that one worker has under way at the same time. */
  readonly concurrency: number
  /** Connections to the relay at most, per worker process. */
  readonly smtpConnections: number
  /** Messages a second at most, of all workers together; null: no limit. */
  readonly smtpRate: number | null
  /** Sign-ups per client address and hour. */
  readonly signUpLimit: number
  /** Number of proxies in front. */
  readonly trustProxy: number
  /** Origins whose pages may send the sign-up form, as browsers write them. */
  readonly signUpOrigins: readonly string[]
  /** What `/metrics` asks for; null: none. Never print it. */
  readonly metricsToken: string | null
  /** Where `/metrics` is instead of on `port`; null: there. Port 0 takes any free one. */
  readonly metricsListen: { readonly host: string; readonly port: number } | null
  /** Who answers for the data; null where the setting is missing. */
  readonly privacy: {
    readonly controller: string | null
    readonly contact: string | null
    readonly legalBasis: string | null
  }
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

type Environment = Readonly<Record<string, string | undefined>>

const SECRET_LENGTH = 32

const duration = z.string().transform((text, context) => {
  const length = parseDuration(text)
  if (length === null) context.addIssue('is not a duration.')
  return length ?? z.NEVER
})

const count = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: 'is not a whole number.', abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, `is not between ${min} and ${max}.`)

const rate = z
  .string()
  .regex(/^\d{1,5}(\.\d{1,3})?$/, { error: 'is not a number.', abort: true })
  .transform(Number)
  .refine((value) => value >= 0.01 && value <= 10_000, 'is not between 0.01 and 10000.')

/** A setting that is an address: taken apart once, here. */
const address = <T>(parse: (text: string) => Parsed<T>) =>
  z.string().transform((text, context) => {
    const parsed = parse(text)
    if ('value' in parsed) return parsed.value
    context.addIssue({ code: 'custom', message: parsed.what, params: { fix: parsed.fix } })
    return z.NEVER
  })

/** `a, b` as a list. */
const splitList = (text: string) => text.split(',').map((part) => part.trim())

const oneOf = <const T extends readonly [string, ...string[]]>(values: T) => z.enum(values, 'is not a known value.')

const sender = z.string().transform((text, context) => {
  const parts = /^(.*?)\s*<([^<>]+)>$/.exec(text)
  const name = (parts?.[1] ?? '').replace(/^"(.*)"$/, '$1').trim()
  const address = (parts?.[2] ?? text).trim()
  // A line break in a header would start another one.
  const clean = !/[\p{Cc}"\\<>]/u.test(name)
  if (clean && validator.isEmail(address, { allow_utf8_local_part: false }))
    return { name, address: withAsciiDomain(address) }
  context.addIssue('is not a sender.')
  return z.NEVER
})

/** Envelopes, headers and DNS know a domain by its ASCII form (RFC 5890). */
function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf('@') + 1
  const domain = domainToASCII(address.slice(at))
  return domain === '' ? address : address.slice(0, at) + domain
}

const domainName = z
  .string()
  .refine((text) => validator.isFQDN(text), 'is not a domain.')
  .transform((text) => domainToASCII(text) || text)

const topics = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((topic) => topic !== ''))
  .refine(
    (list) => list.every((topic) => /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?$/.test(topic)),
    'contains something that is not an SNS topic ARN.',
  )

const plan = z
  .string()
  .regex(/^\d{1,9}(\s*,\s*\d{1,9})*$/, { error: 'is not a list of whole numbers.', abort: true })
  .transform((text) => text.split(',').map(Number))
  .refine((days) => days.every((places, day) => places > (days[day - 1] ?? 0)), 'does not grow from day to day.')

/** Origins, with commas, as browsers write them: scheme, host and port, and nothing after it. */
const origins = z.string().transform((text, context) =>
  splitList(text)
    .filter((part) => part !== '')
    .flatMap((part) => {
      const parsed = parsePublicUrl(part)
      if ('value' in parsed && parsed.value.path === '') return [parsed.value.href]
      context.addIssue('contains something that is not an origin.')
      return []
    }),
)

/** `9464`, on this machine alone, or `10.0.0.5:9464`. */
const listenAt = z.string().transform((text, context) => {
  const [, v6, v4, port = ''] = /^(?:\[([0-9a-f:]+)\]:|([\d.]+):)?(\d{1,5})$/i.exec(text) ?? []
  const host = v6 ?? v4 ?? '127.0.0.1'
  if (port !== '' && Number(port) <= 65_535 && isIP(host) > 0) return { host, port: Number(port) }
  context.addIssue('is not a port, or an address and a port.')
  return z.NEVER
})

const sendgridKey = z.string().refine((text) => {
  try {
    readSendgridKey(text)
    return true
  } catch {
    return false
  }
}, 'is not a verification key.')

const settings = z.object({
  NODE_ENV: oneOf(['development', 'production', 'test']).default('development'),
  PORT: count(0, 65_535).default(3000),
  PUBLIC_URL: address((text) => parsePublicUrl(text, OWN_PATHS)).optional(),
  DATA_DIR: z.string().default('data'),
  DATABASE_URL: address(parseDatabaseUrl).optional(),
  REDIS_URL: address(parseRedisUrl).optional(),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9_.:{}-]{0,62}[a-z0-9}])?$/i, 'is not a prefix.')
    .optional(),
  SMTP_URL: address(parseSmtpUrl).optional(),
  SMTP_TLS: oneOf(['required', 'opportunistic', 'none']).optional(),
  MAILBOX_PORT: count(1, 65_535).optional(),
  MAIL_FROM: sender.default({ name: 'Bootcamp', address: 'course@bootcamp.example' }),
  MAIL_ADDRESS: z.string().default('Sent by a copy of this service that is being tried out. It has no postal address.'),
  DKIM_DOMAIN: domainName.optional(),
  DKIM_SELECTOR: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:\s*,\s*[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)*$/i, 'is not a selector.')
    .transform(splitList)
    .optional(),
  DKIM_KEY_FILE: z.string().transform(splitList).optional(),
  RETURN_PATH_DOMAIN: domainName.transform((text) => text.toLowerCase()).optional(),
  BOUNCE_PORT: count(0, 65_535).optional(),
  BOUNCE_TLS_CERT_FILE: z.string().optional(),
  BOUNCE_TLS_KEY_FILE: z.string().optional(),
  SES_TOPIC_ARNS: topics.optional(),
  POSTMARK_WEBHOOK_LOGIN: z
    .string()
    .regex(/^[^:\s]+:\S{16,}$/, 'is not a name and a password of at least 16 characters.')
    .optional(),
  MAILGUN_SIGNING_KEY: z.string().min(16, 'is too short to be a signing key.').optional(),
  SENDGRID_VERIFICATION_KEY: sendgridKey.optional(),
  WARM_UP: plan.optional(),
  SECRET_KEY: z.string().min(SECRET_LENGTH, 'is too short to be secret.').optional(),
  COURSE: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'is not the name of a course.')
    .default('steady-week'),
  COURSE_DAY: duration.optional(),
  PLANNING_HORIZON: duration.default(14 * 86_400_000),
  CONCURRENCY: count(1, 1_000).default(10),
  SMTP_CONNECTIONS: count(1, 1_000).default(5),
  SMTP_RATE: rate.optional(),
  SIGN_UP_LIMIT: count(1, 100_000_000).default(20),
  TRUST_PROXY: count(0, 100).default(0),
  SIGN_UP_ORIGINS: origins.default([]),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'is not a word of at least 16 characters.')
    .optional(),
  METRICS_PORT: listenAt.optional(),
  PRIVACY_CONTROLLER: z.string().optional(),
  PRIVACY_CONTACT: z.string().optional(),
  PRIVACY_LEGAL_BASIS: z.string().optional(),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

type SettingName = keyof typeof settings.shape

/** The names of all settings, for documentation to be held against. */
export const SETTING_NAMES = Object.keys(settings.shape) as readonly SettingName[]

const fixes: Readonly<Record<SettingName, string>> = {
  NODE_ENV: 'Use development, production or test.',
  PORT: 'Use a number from 0 to 65535, such as 3000.',
  PUBLIC_URL: 'Use the address people reach the site at, such as https://course.example.',
  DATA_DIR: 'Use the path of a folder.',
  DATABASE_URL: 'Use sqlite: and the path of a file, such as sqlite:data/bootcamp.db.',
  REDIS_URL: 'Use redis://host:6379 or rediss://user:password@host:6379, or leave it out.',
  QUEUE_PREFIX: 'Use letters, digits and - _ . : within, such as course, or leave it out.',
  SMTP_URL: 'Use smtp://user:password@host:587 or smtps://user:password@host:465, or leave it out.',
  SMTP_TLS: 'Use required, opportunistic or none, or leave it out.',
  MAILBOX_PORT: 'Use a number from 1 to 65535, such as 1080, or leave it out.',
  MAIL_FROM: 'Use an address you may send from, such as Steady Week <course@course.example>.',
  MAIL_ADDRESS: 'Write the postal address that the footer of every mail must show.',
  DKIM_DOMAIN: 'Use the domain that publishes the key, such as course.example.',
  DKIM_SELECTOR: 'Use the name the key is published under, such as mail2026; several with commas between them.',
  DKIM_KEY_FILE: 'Use the path of the private key in PEM form; one for each selector, with commas between them.',
  RETURN_PATH_DOMAIN: 'Use a subdomain whose MX record leads here, such as bounces.course.example.',
  BOUNCE_PORT: 'Use the port that mail for RETURN_PATH_DOMAIN is forwarded to, such as 2525, or leave it out.',
  BOUNCE_TLS_CERT_FILE: 'Use the path of the certificate with its chain in PEM form, such as fullchain.pem.',
  BOUNCE_TLS_KEY_FILE: 'Use the path of the private key in PEM form, such as privkey.pem.',
  SES_TOPIC_ARNS: 'Use the ARNs of the SNS topics, such as arn:aws:sns:eu-central-1:123456789012:mail, with commas.',
  POSTMARK_WEBHOOK_LOGIN:
    'Use name:password as in the webhook address https://name:password@course.example/hooks/postmark.',
  MAILGUN_SIGNING_KEY: 'Use the HTTP webhook signing key that Mailgun shows.',
  SENDGRID_VERIFICATION_KEY: 'Use the verification key that SendGrid shows for the signed event webhook.',
  WARM_UP: 'Use messages a day that grow, such as 50,100,200,400, or leave it out.',
  SECRET_KEY: `Use at least ${SECRET_LENGTH} random characters, such as those "openssl rand -base64 48" prints.`,
  COURSE: 'Use the name of a folder under lessons/, such as steady-week.',
  COURSE_DAY: 'Use a number and a unit, such as 20s or 5m, or leave it out.',
  PLANNING_HORIZON: 'Use a number and a unit, such as 14d.',
  CONCURRENCY: 'Use a whole number of at least 1, such as 10.',
  SMTP_CONNECTIONS: 'Use a whole number of at least 1, such as 5.',
  SMTP_RATE: 'Use the messages a second that your provider allows, such as 14 or 0.5, or leave it out.',
  SIGN_UP_LIMIT: 'Use a whole number of at least 1, such as 20.',
  TRUST_PROXY: 'Use the number of proxies in front of the service, such as 0 or 1.',
  SIGN_UP_ORIGINS: 'Use the origins of the pages with the form, such as https://www.example.org, with commas.',
  METRICS_TOKEN: 'Use a long random word, such as the one that "openssl rand -hex 24" prints.',
  METRICS_PORT: 'Use a port, such as 9464, or an address of this machine and a port, such as 10.0.0.5:9464.',
  PRIVACY_CONTROLLER: 'Write the name and the postal address of the data controller.',
  PRIVACY_CONTACT: 'Write the email address, or the address of the page, where people ask about their data.',
  PRIVACY_LEGAL_BASIS: 'Write on what legal basis the data is processed, in a sentence or two.',
  LOG_LEVEL: 'Use fatal, error, warn, info, debug, trace or silent.',
}

/** Reads every setting. Throws ProblemsError with all that is wrong at once; a value is never part of what it says. */
export function readConfig(env: Environment): Config {
  const given = withoutEmpty(env)
  const read = settings.safeParse(given)
  const problems = [...(read.error?.issues ?? []).map(toProblem), ...problemsBetweenSettings(given)]
  if (!read.success || problems.length > 0) throw new ProblemsError(problems)

  const value = read.data
  const dataDir = resolve(value.DATA_DIR)
  return deepFreeze({
    environment: value.NODE_ENV,
    port: value.PORT,
    publicUrl: value.PUBLIC_URL ?? localUrl(value.PORT),
    dataDir,
    databaseFile: value.DATABASE_URL ? resolve(value.DATABASE_URL) : join(dataDir, 'bootcamp.db'),
    redis: value.REDIS_URL ?? null,
    queuePrefix: value.QUEUE_PREFIX ?? null,
    smtp: value.SMTP_URL ?? null,
    smtpTls:
      value.SMTP_TLS ?? (value.NODE_ENV === 'production' && value.SMTP_URL?.credentials ? 'required' : 'opportunistic'),
    mailboxPort: value.MAILBOX_PORT ?? null,
    mailFrom: value.MAIL_FROM,
    mailAddress: value.MAIL_ADDRESS,
    dkim: (value.DKIM_SELECTOR ?? []).map((selector, index) => ({
      domain: value.DKIM_DOMAIN ?? '',
      selector,
      keyFile: resolve(value.DKIM_KEY_FILE?.[index] ?? ''),
    })),
    returnPathDomain: value.RETURN_PATH_DOMAIN ?? null,
    bouncePort: value.BOUNCE_PORT ?? null,
    bounceTls:
      value.BOUNCE_TLS_CERT_FILE && value.BOUNCE_TLS_KEY_FILE
        ? { certFile: resolve(value.BOUNCE_TLS_CERT_FILE), keyFile: resolve(value.BOUNCE_TLS_KEY_FILE) }
        : null,
    hooks: {
      ses: value.SES_TOPIC_ARNS ? { topics: value.SES_TOPIC_ARNS } : null,
      postmark: value.POSTMARK_WEBHOOK_LOGIN ? { login: value.POSTMARK_WEBHOOK_LOGIN } : null,
      mailgun: value.MAILGUN_SIGNING_KEY ? { signingKey: value.MAILGUN_SIGNING_KEY } : null,
      sendgrid: value.SENDGRID_VERIFICATION_KEY ? { publicKey: value.SENDGRID_VERIFICATION_KEY } : null,
    },
    warmUp: value.WARM_UP ?? null,
    secretKey: value.SECRET_KEY ?? null,
    course: value.COURSE,
    courseDay: value.COURSE_DAY ?? null,
    planningHorizon: value.PLANNING_HORIZON,
    concurrency: value.CONCURRENCY,
    smtpConnections: value.SMTP_CONNECTIONS,
    smtpRate: value.SMTP_RATE ?? null,
    signUpLimit: value.SIGN_UP_LIMIT,
    trustProxy: value.TRUST_PROXY,
    signUpOrigins: value.SIGN_UP_ORIGINS,
    metricsToken: value.METRICS_TOKEN ?? null,
    metricsListen: value.METRICS_PORT ?? null,
    privacy: {
      controller: value.PRIVACY_CONTROLLER ?? null,
      contact: value.PRIVACY_CONTACT ?? null,
      legalBasis: value.PRIVACY_LEGAL_BASIS ?? null,
    },
    logLevel: value.LOG_LEVEL,
  })
}

/** Problems of a configuration for processes that start nothing beside themselves. Throws ProblemsError. */
export function requireServices(config: Config): Config & { readonly redis: RedisServer; readonly smtp: SmtpServer } {
  const problems = (['REDIS_URL', 'SMTP_URL'] as const)
    .filter((name) => (name === 'REDIS_URL' ? config.redis : config.smtp) === null)
    .map((name) => ({
      file: name,
      what: 'is not set, and only "npm start" brings one of its own.',
      fix: fixes[name].replace(', or leave it out', ''),
    }))
  const { redis, smtp } = config
  if (redis === null || smtp === null) throw new ProblemsError(problems)
  return { ...config, redis, smtp }
}

/** Settings that the privacy page waits for: the law asks for what they say. */
export function missingPrivacy({ controller, contact, legalBasis }: Config['privacy']): string[] {
  const settings = { PRIVACY_CONTROLLER: controller, PRIVACY_CONTACT: contact, PRIVACY_LEGAL_BASIS: legalBasis }
  return Object.entries(settings).flatMap(([name, value]) => (value === null ? [name] : []))
}

/** `NAME=` in an .env file means the same as leaving the line out. */
function withoutEmpty(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.keys(settings.shape).flatMap((name) => {
      const value = env[name]?.trim()
      return value ? [[name, value]] : []
    }),
  )
}

function toProblem(issue: z.core.$ZodIssue): Problem {
  const name = issue.path[0] as SettingName
  const fix = issue.code === 'custom' ? issue.params?.fix : undefined
  return { file: name, what: issue.message, fix: typeof fix === 'string' ? fix : fixes[name] }
}

/** What is wrong only in the light of another setting. Works on the raw text, so that one bad value hides nothing. */
function problemsBetweenSettings(given: Readonly<Record<string, string>>): Problem[] {
  const problems: Problem[] = []
  const dkim = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_KEY_FILE'] as const
  if (dkim.some((name) => given[name])) {
    for (const name of dkim.filter((name) => !given[name])) {
      problems.push({ file: name, what: 'is missing, and signing needs all three DKIM settings.', fix: fixes[name] })
    }
  }
  const selectors = splitList(given.DKIM_SELECTOR ?? '').length
  const files = splitList(given.DKIM_KEY_FILE ?? '').length
  if (given.DKIM_SELECTOR && given.DKIM_KEY_FILE && selectors !== files) {
    const what = `names ${files} files for the ${selectors} selectors in DKIM_SELECTOR.`
    problems.push({ file: 'DKIM_KEY_FILE', what, fix: 'Name one file for each selector, with commas between them.' })
  }
  if (given.BOUNCE_PORT && !given.RETURN_PATH_DOMAIN) {
    const what = 'is missing, and BOUNCE_PORT takes mail for it.'
    problems.push({ file: 'RETURN_PATH_DOMAIN', what, fix: fixes.RETURN_PATH_DOMAIN })
  }
  const tls = ['BOUNCE_TLS_CERT_FILE', 'BOUNCE_TLS_KEY_FILE'] as const
  for (const name of tls.filter((name) => !given[name] && tls.some((other) => given[other])))
    problems.push({ file: name, what: 'is missing, and STARTTLS needs both certificate and key.', fix: fixes[name] })
  if (tls.some((name) => given[name]) && !given.BOUNCE_PORT) {
    const what = 'is missing, and the certificate for reports is of use only there.'
    problems.push({ file: 'BOUNCE_PORT', what, fix: fixes.BOUNCE_PORT })
  }
  const address = /^\[?([^\]]+)\]?:\d+$/.exec(given.METRICS_PORT ?? '')?.[1]
  if (address !== undefined && !isLoopback(address.includes(':') ? `[${address}]` : address) && !given.METRICS_TOKEN) {
    const what = 'is missing, and METRICS_PORT listens beyond this machine.'
    problems.push({ file: 'METRICS_TOKEN', what, fix: fixes.METRICS_TOKEN })
  }
  const parsedRelay = parseSmtpUrl(given.SMTP_URL ?? '')
  const relay = 'value' in parsedRelay ? parsedRelay.value : null
  if (given.SMTP_TLS === 'none' && relay?.secure) {
    const what = 'is none, and SMTP_URL begins with smtps://, which is TLS from the first byte on.'
    problems.push({ file: 'SMTP_TLS', what, fix: 'Leave SMTP_TLS out, or use smtp:// in SMTP_URL.' })
  }
  if (given.SMTP_TLS === 'required' && !given.SMTP_URL) {
    const what = 'is required, and the built-in test mailbox speaks no TLS.'
    problems.push({ file: 'SMTP_TLS', what, fix: 'Set SMTP_URL, or leave SMTP_TLS out.' })
  }
  if (given.NODE_ENV !== 'production') return problems

  const isInClear = given.SMTP_TLS === 'none' || given.SMTP_TLS === 'opportunistic'
  if (isInClear && relay !== null && relay.credentials !== null && !relay.secure) {
    const what = 'would send the password in SMTP_URL unencrypted, which production does not allow.'
    problems.push({ file: 'SMTP_TLS', what, fix: 'Leave SMTP_TLS out, or take user and password out of SMTP_URL.' })
  }

  for (const name of ['SECRET_KEY', 'MAIL_FROM', 'MAIL_ADDRESS', 'PUBLIC_URL'] as const) {
    if (!given[name])
      problems.push({ file: name, what: 'is not set, but is required in production.', fix: fixes[name] })
  }
  const site = parsePublicUrl(given.PUBLIC_URL ?? '')
  if ('value' in site && !site.value.secure && !isLoopback(site.value.hostname)) {
    problems.push({ file: 'PUBLIC_URL', what: 'is not https, and production needs it.', fix: fixes.PUBLIC_URL })
  }
  return problems
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

function localUrl(port: number): PublicUrl {
  return { href: `http://localhost:${port}`, secure: false, hostname: 'localhost', path: '' }
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) Object.freeze(part)
  return Object.freeze(value)
}
