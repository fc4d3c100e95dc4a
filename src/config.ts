import { join, resolve } from 'node:path'
import { isKnownZone } from './core/delivery/time-zone.ts'
import { ProblemsError } from './core/errors.ts'
import type { WebhookCredentials } from './core/reports/providers.ts'
import type { DatabaseLocation } from './core/service-urls/database-url.ts'
import type { PublicUrl } from './core/service-urls/public-url.ts'
import type { RedisServer } from './core/service-urls/redis-url.ts'
import type { SmtpServer } from './core/service-urls/relay-url.ts'
import { parseSettings } from './settings/parse-settings.ts'
import { fixOf, type SettingValues } from './settings/settings.ts'

/** All settings of the service, parsed. */
export interface Config {
  readonly environment: 'development' | 'production' | 'test'
  /** 0 takes any free port. */
  readonly port: number
  /** Base URL of the links in emails. */
  readonly publicUrl: PublicUrl
  /** Absolute. */
  readonly dataDir: string
  /** Absolute path of the SQLite file. */
  readonly database: DatabaseLocation
  /** Connections of each process to Postgres at most. */
  readonly databaseConnections: number
  /** REDIS_URL; null: none configured. */
  readonly redis: RedisServer | null
  /** Prefix of every Redis key; null: derived from the name of the installation. */
  readonly queuePrefix: string | null
  /** Port of the built-in mailbox; null: 1080 or the next free one, kept across restarts. */
  readonly mailboxPort: number | null
  /** SMTP_URL; null: none configured. */
  readonly smtp: SmtpServer | null
  /** Whether TLS is required before anything else is sent to the relay; see mail/smtp/smtp-connection.ts. */
  readonly smtpTls: 'required' | 'opportunistic' | 'none'
  readonly mailFrom: { readonly name: string; readonly address: string }
  /** Postal address in the footer; may have several lines. */
  readonly mailAddress: string
  /** DKIM keys that sign every message; empty: unsigned. Two during a key rotation, or for RSA and Ed25519. */
  readonly dkim: readonly { readonly domain: string; readonly selector: string; readonly keyFile: string }[]
  /** Return-path domain for reports on sent email; null: envelope sender is MAIL_FROM and no reports arrive here. */
  readonly returnPathDomain: string | null
  /** Domain that learners' replies come to; null: emails have no Reply-To. */
  readonly replyDomain: string | null
  /** Where email to these domains is accepted; null: not by this service. 0 takes any free port. */
  readonly bouncePort: number | null
  /** Absolute paths of certificate and key for STARTTLS on that port; null: not offered. */
  readonly bounceTls: { readonly certFile: string; readonly keyFile: string } | null
  /** Credentials that verify webhook reports of relays. Never print them. */
  readonly hooks: WebhookCredentials
  /** Daily message limits while a new sender builds reputation; null: no limit. */
  readonly warmUp: readonly number[] | null
  /** Null: stored in a file in `dataDir`. Never print it. */
  readonly secretKey: string | null
  /** The course at `/`. */
  readonly course: string
  /** Length of a rehearsed course day in ms; null: real calendar days. */
  readonly courseDay: number | null
  /** How far ahead, in ms, deliveries get a delayed job. */
  readonly planningHorizon: number
  /** Deliveries that one worker processes at the same time. */
  readonly concurrency: number
  /** Maximum connections to the relay per worker process. */
  readonly smtpConnections: number
  /** Maximum messages per second of all workers together; null: no limit. */
  readonly smtpRate: number | null
  /** Sign-ups per client address per hour. */
  readonly signUpLimit: number
  /** Number of reverse proxies in front of the site. */
  readonly trustProxy: number
  /** Origins whose pages may send the sign-up form, as browsers write them. */
  readonly signUpOrigins: readonly string[]
  /** Token required by `/metrics`; null: none. Never print it. */
  readonly metricsToken: string | null
  /** Separate listener for `/metrics`; null: served on `port`. Port 0 takes any free port. */
  readonly metricsListen: { readonly host: string; readonly port: number } | null
  /** Where the operator's desk is; null: nowhere. `listen` null: on `port`, below `publicUrl`. */
  readonly desk: {
    readonly url: PublicUrl
    readonly listen: DeskListen | null
  } | null
  /** Where operators of the desk read times until they choose a zone, IANA. */
  readonly deskTimeZone: string
  /** The data controller; null if the setting is missing. */
  readonly privacy: {
    readonly controller: string | null
    readonly contact: string | null
    readonly legalBasis: string | null
  }
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
}

/** A port of the desk alone. */
export interface DeskListen {
  readonly host: string
  readonly port: number
  /** Number of proxies in front of it. */
  readonly proxies: number
}

/** Reads all settings. Throws a ProblemsError with all problems at once; its message never contains a value. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { values, webhooks } = parseSettings(env)
  const dataDir = resolve(values.DATA_DIR)
  const publicUrl = values.PUBLIC_URL ?? localUrl(values.PORT)
  return deepFreeze({
    environment: values.NODE_ENV,
    port: values.PORT,
    publicUrl,
    dataDir,
    database: locate(values.DATABASE_URL, dataDir),
    databaseConnections: values.DATABASE_CONNECTIONS,
    redis: values.REDIS_URL,
    queuePrefix: values.QUEUE_PREFIX,
    smtp: values.SMTP_URL,
    smtpTls: values.SMTP_TLS ?? defaultSmtpTls(values),
    mailboxPort: values.MAILBOX_PORT,
    mailFrom: values.MAIL_FROM,
    mailAddress: values.MAIL_ADDRESS,
    dkim: (values.DKIM_SELECTOR ?? []).map((selector, index) => ({
      domain: values.DKIM_DOMAIN ?? '',
      selector,
      keyFile: resolve(values.DKIM_KEY_FILE?.[index] ?? ''),
    })),
    returnPathDomain: values.RETURN_PATH_DOMAIN,
    replyDomain: values.REPLY_DOMAIN,
    bouncePort: values.BOUNCE_PORT,
    bounceTls:
      values.BOUNCE_TLS_CERT_FILE && values.BOUNCE_TLS_KEY_FILE
        ? { certFile: resolve(values.BOUNCE_TLS_CERT_FILE), keyFile: resolve(values.BOUNCE_TLS_KEY_FILE) }
        : null,
    hooks: webhooks,
    warmUp: values.WARM_UP,
    secretKey: values.SECRET_KEY,
    course: values.COURSE,
    courseDay: values.COURSE_DAY,
    planningHorizon: values.PLANNING_HORIZON,
    concurrency: values.CONCURRENCY,
    smtpConnections: values.SMTP_CONNECTIONS,
    smtpRate: values.SMTP_RATE,
    signUpLimit: values.SIGN_UP_LIMIT,
    trustProxy: values.TRUST_PROXY,
    signUpOrigins: values.SIGN_UP_ORIGINS,
    metricsToken: values.METRICS_TOKEN,
    metricsListen: values.METRICS_PORT,
    desk: values.DESK === 'off' ? null : locateDesk(values, publicUrl),
    deskTimeZone: values.DESK_TIME_ZONE ?? zoneOfHost(env.TZ),
    privacy: {
      controller: values.PRIVACY_CONTROLLER,
      contact: values.PRIVACY_CONTACT,
      legalBasis: values.PRIVACY_LEGAL_BASIS,
    },
    logLevel: values.LOG_LEVEL,
  })
}

/** In production a password is never sent in clear. */
function defaultSmtpTls({ NODE_ENV: environment, SMTP_URL: relay }: SettingValues): Config['smtpTls'] {
  return environment === 'production' && relay?.credentials ? 'required' : 'opportunistic'
}

/** Config of a process that starts neither Redis nor a mailbox. Throws ProblemsError if either is not configured. */
export function requireServices(config: Config): Config & { readonly redis: RedisServer; readonly smtp: SmtpServer } {
  const { redis, smtp } = config
  if (redis !== null && smtp !== null) return { ...config, redis, smtp }
  const missing = [redis === null && 'REDIS_URL', smtp === null && 'SMTP_URL'] as const
  throw new ProblemsError(
    missing
      .filter((name) => name !== false)
      .map((name) => ({
        file: name,
        what: 'is not set, and only "npm start" brings one of its own.',
        fix: fixOf(name).replace(', or leave it out', ''),
      })),
  )
}

/** Settings without which the privacy page is incomplete: the law requires this information. */
export function missingPrivacy({ controller, contact, legalBasis }: Config['privacy']): string[] {
  const settings = { PRIVACY_CONTROLLER: controller, PRIVACY_CONTACT: contact, PRIVACY_LEGAL_BASIS: legalBasis }
  return Object.entries(settings).flatMap(([name, value]) => (value === null ? [name] : []))
}

/**
 * A port of its own speaks plain http, because it is meant for this machine, for tunnels to it, and for a proxy with TLS, which
 * DESK_URL names. Without one nothing is in front of it, whatever is in front of the site.
 */
function locateDesk(
  { DESK_PORT: listen, DESK_URL: url, TRUST_PROXY: proxies }: SettingValues,
  publicUrl: PublicUrl,
): NonNullable<Config['desk']> {
  if (listen === null) return { url: publicUrl, listen: null }
  if (url !== null) return { url, listen: { ...listen, proxies: Math.max(proxies, url.secure ? 1 : 0) } }
  const isLocal = listen.host === '::1' || listen.host.startsWith('127.')
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host
  return { url: localUrl(listen.port, isLocal ? 'localhost' : host), listen: { ...listen, proxies: 0 } }
}

/** `TZ` may hold other things than a name, such as the path of a file; then UTC is plain. */
function zoneOfHost(name = ''): string {
  return isKnownZone(name) ? name : 'UTC'
}

function localUrl(port: number, hostname = 'localhost'): PublicUrl {
  return { href: `http://${hostname}:${port}`, secure: false, hostname, path: '' }
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) Object.freeze(part)
  return Object.freeze(value)
}

function locate(database: DatabaseLocation | null, dataDir: string): DatabaseLocation {
  if (database === null) return { sqlite: join(dataDir, 'bootcamp.db') }
  return 'sqlite' in database ? { sqlite: resolve(database.sqlite) } : database
}
