import type { KeyObject } from 'node:crypto'
import type { Finding } from '../../core/doctor/sender-records.ts'
import type { Problem } from '../../core/errors.ts'
import type { DatabaseLocation } from '../../core/service-urls/database-url.ts'
import type { PublicUrl } from '../../core/service-urls/public-url.ts'
import type { RedisServer } from '../../core/service-urls/redis-url.ts'
import type { SmtpServer } from '../../core/service-urls/relay-url.ts'

/** One check: what `npm run doctor` prints under its name. */
export interface Check {
  readonly name: string
  /** Fails with AppError `misconfigured` for what is a problem with its fix. */
  readonly run: (deps: DoctorDeps) => Promise<readonly Finding[]>
}

/** What DNS says about a name; empty if it has nothing. Rejects if DNS does not answer. */
export interface Dns {
  txt(name: string): Promise<string[]>
  mx(name: string): Promise<string[]>
  addresses(name: string): Promise<string[]>
  ptr(address: string): Promise<string[]>
}

/** External dependencies of the checks, assembled by command.ts. */
export type DeskAnswer =
  | { readonly kind: 'desk' }
  | { readonly kind: 'other'; readonly status: number }
  | { readonly kind: 'none'; readonly reason: string }

export interface DoctorDeps {
  readonly settings: {
    readonly production: boolean
    readonly publicUrl: PublicUrl
    readonly dataDir: string
    readonly database: DatabaseLocation
    readonly databaseConnections: number
    readonly smtp: SmtpServer | null
    readonly smtpTls: 'required' | 'opportunistic' | 'none'
    readonly redis: RedisServer | null
    readonly mailFrom: { readonly address: string }
    readonly dkim: readonly { readonly domain: string; readonly selector: string; readonly keyFile: string }[]
    readonly returnPathDomain: string | null
    readonly replyDomain: string | null
    /** Whether a provider that takes replies may call a webhook. */
    readonly hasReplyWebhook: boolean
    readonly bouncePort: number | null
    readonly bounceTls: TlsFiles | null
    /** Where the desk is; `listen` null: below `publicUrl`. Null: there is none. */
    readonly desk: {
      readonly url: PublicUrl
      readonly listen: { readonly host: string; readonly port: number } | null
    } | null
    /** Names of settings that the privacy page waits for. */
    readonly missingPrivacy: readonly string[]
  }
  /** The running site's warning about the proxies in front of it, if any. Null if it is not running here. */
  readonly fetchProxyWarning: () => Promise<{ readonly warning: string | null } | null>
  /** What answers at the address of the desk: its sign-in page, something else, or nothing, with the reason. */
  readonly fetchDesk: (href: string) => Promise<DeskAnswer>
  readonly dns: Dns
  /** The address that email leaves from, as given on the command line. */
  readonly ip: string | null
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
  ) => Promise<{ readonly state: 'ready' | 'away'; readonly doubt: string | null; readonly master: string | null }>
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
  /** What keeps it from being the database, with so many connections of each process; null: nothing. */
  readonly databaseProblem: (database: DatabaseLocation, connections: number) => Promise<string | null>
  readonly freeBytes: (folder: string) => Promise<number>
  /** Permission bits; null where there is no such file. */
  readonly fileMode: (file: string) => Promise<number | null>
  /** Files and folders of the service's data that others may read, write or list. */
  readonly filesOpenToOthers: () => readonly string[]
  /** ms UTC. */
  readonly now: () => number
}

export type Relay =
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
