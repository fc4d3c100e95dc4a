import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Logger, pino } from 'pino'
import { createSteadyClock, machineClocks } from './clock.ts'
import { type Config, missingPrivacy } from './config.ts'
import { checkWithCache } from './content/check-cache.ts'
import { type Content, loadContent } from './content/load-content.ts'
import type { Calendar } from './core/delivery/calendar.ts'
import { createLocalCalendar } from './core/delivery/local-calendar.ts'
import { createRehearsalCalendar } from './core/delivery/rehearsal-calendar.ts'
import { AppError, errorForLog, ProblemsError } from './core/errors.ts'
import { deriveKeys } from './core/security/keys.ts'
import { createNameSealer, createSealer } from './core/security/sealer.ts'
import type { RedisServer, SmtpServer } from './core/service-url.ts'
import { warnOfOverdueReviews } from './flow/course/warn-of-overdue-reviews.ts'
import { checkEmails } from './flow/delivery/check-emails.ts'
import { deliver } from './flow/delivery/deliver.ts'
import { reclaimLeases } from './flow/delivery/reclaim-leases.ts'
import { replanUnbuiltMessages } from './flow/delivery/replan-unbuilt-messages.ts'
import { holdIfRestored } from './flow/delivery/restored-database.ts'
import { sweep } from './flow/delivery/sweep.ts'
import type { Clock, Composer, FlowSettings, Mailer, Ports } from './flow/ports/ports.ts'
import type { Store } from './flow/ports/store-ports.ts'
import { applyEvents } from './flow/reports/apply-event.ts'
import { checkReadiness } from './flow/sending/readiness.ts'
import { runUpkeep } from './flow/upkeep/run-upkeep.ts'
import { withWakeUps } from './flow/with-wake-ups.ts'
import { createSnsFetch } from './inbound/fetch-sns.ts'
import type { InboundListener, ListenerLimits } from './inbound/listener.ts'
import { createReportReader } from './inbound/report-reader.ts'
import { createComposer } from './mail/message/composer.ts'
import { readDkimKeys } from './mail/message/dkim-files.ts'
import { createSmtpMailer } from './mail/smtp/smtp-mailer.ts'
import { checkRedis } from './queue/check-redis.ts'
import { createHandoverLog } from './queue/handover-log.ts'
import { claimPrefix, keyPrefix } from './queue/key-prefix.ts'
import { moveOldKeys } from './queue/move-old-keys.ts'
import { connectRedis } from './queue/redis.ts'
import { createWakeUps } from './queue/wake-ups.ts'
import { type QueueWorker, startQueueWorker } from './queue/worker.ts'
import { isDeadWorker, workerName } from './queue/worker-name.ts'
import { type OpenDatabase, openSqlite } from './store/database/database.ts'
import { createRelayPace } from './store/sending/relay-pace.ts'
import { createStore } from './store/store.ts'
import type { ConnectionLimits } from './web/security/guard-connections.ts'

/** What a test, or another composition, may put in place of the real thing. */
export interface Overrides {
  readonly clock?: Clock
  readonly calendar?: Calendar
  readonly mailer?: Mailer & { drain?(): void; close(): Promise<void> }
  readonly random?: () => number
  readonly worker?: string
  /** Courses and emails that have been read already; otherwise they are read from the two folders. */
  readonly content?: Content
  /** Folders of courses and of mail layouts. */
  readonly lessonsDir?: string
  readonly emailsDir?: string
  readonly smtpSilenceMs?: number
  readonly composer?: Composer
  /** Whether every email of every course is built before anything starts; true by default. */
  readonly checkEmails?: boolean
  /** Stands between the flows and the database. */
  readonly wrapStore?: (store: Store) => Store
  /** Stands for the network where webhooks need it. */
  readonly fetchTrusted?: (address: string) => Promise<string>
  /** Refuse to start where Redis does not answer; otherwise the sweep alone delivers until it does. */
  readonly redisRequired?: boolean
  readonly sweepEveryMs?: number
  /** Shorter times and smaller numbers, so that a test sees them reached. */
  readonly connectionLimits?: Partial<ConnectionLimits>
  readonly settings?: Partial<FlowSettings>
  /** Of the thread that reads reports. */
  readonly reportReader?: Parameters<typeof createReportReader>[0]
  readonly listenerLimits?: Partial<ListenerLimits>
}

export interface App {
  readonly ports: Ports
  readonly log: Logger
  /** Of every key in Redis. */
  readonly queuePrefix: string
  /** Starts the site; fails with `misconfigured` and the fix where the port is taken. */
  listen(): Promise<{ readonly port: number }>
  /** Starts taking mail for the return-path domain; null where BOUNCE_PORT is not set. */
  listenForReports(): Promise<{ readonly port: number } | null>
  /** Starts taking up deliveries. */
  startWorker(): Promise<void>
  /** Drains: HTTP first, then the worker finishes what it is sending, then every connection closes. */
  close(): Promise<void>
}

/** A config whose parts all have an address: start.ts fills in what it embeds. */
export type CompleteConfig = Config & {
  readonly secretKey: string
  readonly redis: RedisServer
  readonly smtp: SmtpServer
}

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const SWEEP_EVERY_MS = 15_000
const SMTP_SILENCE_MS = 600_000
const LEASE_MS = 120_000
const RESEND_AFTER_MS = 15 * 60_000
const CLAIM_BEAT_MS = 5_000
const UPKEEP_EVERY_MS = 3_600_000
const SCRUB_AFTER_MS = 10_000
/** The migration that takes the content of reports out of the rows of earlier versions. */
const REPORT_QUEUE_MIGRATION = '008-report-queue'
const LEGAL_BASIS =
  'Your consent, which you gave when you signed up and confirmed it (GDPR, Article 6(1)(a); for what you write about your health or your private life, Article 9(2)(a)). You can take it back at any time: stop, or delete everything.'

/**
 * The composition root: the only place where every adapter is seen. What serves the site alone is loaded when the site
 * starts: a worker has no use for it, and it is a tenth of its memory. Fails with ProblemsError for bad course or mail files.
 */
export async function createApp(config: CompleteConfig, overrides: Overrides = {}): Promise<App> {
  const log = pino({ level: config.logLevel, base: null })
  const { courses, emails } =
    overrides.content ??
    (await loadContent({
      lessonsDir: overrides.lessonsDir ?? resolve(ROOT, 'lessons'),
      emailsDir: overrides.emailsDir ?? resolve(ROOT, 'emails'),
    }))
  if (!courses.get(config.course))
    throw new AppError('misconfigured', `COURSE is ${config.course}, but there is no folder lessons/${config.course}.`)

  const composerOptions = {
    emails,
    from: config.mailFrom,
    postalAddress: config.mailAddress,
    hostname: config.publicUrl.hostname,
    postmark: config.hooks.postmark !== null,
  }
  if (overrides.checkEmails !== false) {
    // With the longest port in place of another one, a start on a new port need not check again.
    const publicUrl = { ...config.publicUrl, href: config.publicUrl.href.replace(/:\d+(?=\/|$)/, ':65535') }
    const depends = [
      courses.all().map((course) => [course, courses.resourcesOf(course.name)]),
      composerOptions,
      publicUrl,
    ]
    // Unsigned, and dropped with everything it has prepared.
    const check = () => checkEmails(courses, createComposer(composerOptions), publicUrl)
    const problems = await checkWithCache(depends, check)
    if (problems.length > 0) throw new ProblemsError(problems)
  }

  warnOfOverdueReviews(courses, (overrides.clock ?? { now: () => Date.now() }).now(), log)

  const database = openSqlite(config.databaseFile)
  const keys = deriveKeys(config.secretKey)
  const store = createStore(database, createNameSealer(keys.fieldNames, keys.fieldNonces))
  const queue = await openQueue(config, overrides, { database, store, log })
  const { redis, prefix, canUseInfo, handoverLog, migrated } = queue
  const clock = overrides.clock ?? createSteadyClock(machineClocks, log)
  const wakeUps = createWakeUps(redis, { clock, log, horizonMs: config.planningHorizon, prefix, canUseInfo })
  const worker = overrides.worker ?? workerName()
  const mailer: NonNullable<Overrides['mailer']> =
    overrides.mailer ??
    createSmtpMailer({
      server: config.smtp,
      tls: config.smtpTls,
      clientName: config.publicUrl.hostname,
      socketTimeoutMs: overrides.smtpSilenceMs ?? SMTP_SILENCE_MS,
      connections: config.smtpConnections,
      ...(config.smtpRate !== null && { pace: createRelayPace(database.db, { rate: config.smtpRate, clock }) }),
    })
  const reportReader = createReportReader(overrides.reportReader)
  const noteUnknownZone = (zone: string, used: string) =>
    log.warn({ zone, used }, 'unknown time zone; another one is used for lesson times')
  const ports: Ports = {
    clock,
    store: withWakeUps(overrides.wrapStore?.(store) ?? store, wakeUps),
    wakeUps,
    mailer,
    composer: overrides.composer ?? createComposer({ ...composerOptions, dkim: await readDkimKeys(config.dkim) }),
    courses,
    calendar:
      overrides.calendar ??
      (config.courseDay === null ? createLocalCalendar(noteUnknownZone) : createRehearsalCalendar(config.courseDay)),
    keys,
    sealer: createSealer(keys.wrapping, randomBytes),
    log,
    random: overrides.random ?? Math.random,
    randomBytes,
    onClaim: throttle(CLAIM_BEAT_MS, (now) => {
      store.heartbeats.beat('claim', now).catch((error: unknown) => log.debug({ error: String(error) }, 'no beat'))
    }),
    handoverLog,
    isDeadWorker,
    readReport: (raw) => reportReader.read(raw),
    hooks: {
      settings: config.hooks,
      fetch: overrides.fetchTrusted ?? createSnsFetch(clock.now),
      wake: () => reports.wake(),
    },
    settings: {
      publicUrl: config.publicUrl.href,
      hostname: config.publicUrl.hostname,
      course: config.course,
      worker,
      planningHorizonMs: config.planningHorizon,
      leaseMs: LEASE_MS,
      resendAfterMs: RESEND_AFTER_MS,
      returnPathDomain: config.returnPathDomain,
      warmUp: config.warmUp,
      ...overrides.settings,
    },
  }

  const closing = new AbortController()
  // What a report said lives on in the recovery log until that is emptied or written over.
  let truncateLogAt = migrated.includes(REPORT_QUEUE_MIGRATION) ? 0 : Number.POSITIVE_INFINITY
  const reports = createBackgroundTask(
    async () => {
      if ((await applyEvents(ports, closing.signal)) > 0 && truncateLogAt === Number.POSITIVE_INFINITY) {
        truncateLogAt = performance.now() + SCRUB_AFTER_MS
        setTimeout(() => reports.wake(), SCRUB_AFTER_MS).unref()
      }
      if (performance.now() >= truncateLogAt && (await store.truncateRecoveryLog()))
        truncateLogAt = Number.POSITIVE_INFINITY
    },
    log,
    'could not apply reports; the next sweep will retry',
  )
  const upkeep = createBackgroundTask(
    () => runUpkeep(ports, closing.signal),
    log,
    'upkeep ended early; it will continue within the hour',
  )
  const wakeUpkeep = throttle(UPKEEP_EVERY_MS, () => upkeep.wake())
  let inbound: InboundListener | null = null
  let server: Server | null = null
  let metricsServer: Server | null = null
  let queueWorker: QueueWorker | null = null
  return {
    ports,
    log,
    queuePrefix: prefix,

    async listen() {
      const { createSite } = await import('./web/server.ts')
      const { createMetrics } = await import('./web/operations/metrics.ts')
      const { connectionLimits, guardConnections, serverOptions } = await import('./web/security/guard-connections.ts')
      const metrics = createMetrics(ports)
      const site = createSite({
        ports,
        settings: {
          publicUrl: config.publicUrl,
          trustProxy: config.trustProxy,
          signUpLimit: config.signUpLimit,
          production: config.environment === 'production',
          signUpOrigins: config.signUpOrigins,
          metricsToken: config.metricsToken,
          metricsOnSite: config.metricsListen === null,
          privacy: privacyOf(config),
        },
        health: { ready: () => checkReadiness(ports), metrics },
      })
      if (config.environment === 'production') {
        const missing = missingPrivacy(config.privacy)
        if (missing.length > 0)
          log.warn({ missing }, 'the privacy page says what MAIL_FROM and MAIL_ADDRESS say, since settings are missing')
      }
      const limits = { ...connectionLimits(config.trustProxy), ...overrides.connectionLimits }
      server = createServer(serverOptions(limits), site)
      guardConnections(server, limits)
      await listenOn(server, { port: config.port, setting: 'PORT' })
      if (config.metricsListen !== null) {
        const { createMetricsServer } = await import('./web/operations/metrics-server.ts')
        metricsServer = createMetricsServer(metrics, config.metricsToken)
        await listenOn(metricsServer, { ...config.metricsListen, setting: 'METRICS_PORT' })
      }
      return { port: (server.address() as AddressInfo).port }
    },

    async listenForReports() {
      if (config.bouncePort === null || config.returnPathDomain === null) return null
      const { startInboundListener } = await import('./inbound/listener.ts')
      const { readTlsFiles } = await import('./inbound/tls-files.ts')
      inbound = await startInboundListener(ports, {
        domain: config.returnPathDomain,
        port: config.bouncePort,
        tls: config.bounceTls && (await readTlsFiles(config.bounceTls)),
        ...(overrides.listenerLimits ? { limits: overrides.listenerLimits } : {}),
      })
      return { port: inbound.port }
    },

    async startWorker() {
      await reclaimLeases(ports)
      await holdIfRestored(ports)
      await replanUnbuiltMessages(ports)
      queueWorker = startQueueWorker({
        connect: () => connectRedis(config.redis, { canUseInfo }),
        ...{ prefix, canUseInfo },
        deliver: (id) => deliver(ports, id),
        sweep: async (signal) => {
          // Reports whose process ended between keeping and applying them.
          reports.wake()
          wakeUpkeep(clock.now())
          await sweep(ports, { concurrency: config.concurrency, signal })
        },
        clock,
        log,
        concurrency: config.concurrency,
        sweepEveryMs: overrides.sweepEveryMs ?? SWEEP_EVERY_MS,
      })
    },

    async close() {
      closing.abort()
      if (metricsServer) await stopListening(metricsServer)
      if (server) await stopListening(server)
      await inbound?.close()
      mailer.drain?.()
      await queueWorker?.close()
      await upkeep.settled()
      await reports.settled()
      await reportReader.close()
      await mailer.close()
      await wakeUps.close()
      await handoverLog.close()
      redis.disconnect()
      await database.close()
    },
  }
}

interface QueueParts {
  readonly redis: ReturnType<typeof connectRedis>
  readonly prefix: string
  readonly canUseInfo: boolean
  readonly handoverLog: ReturnType<typeof createHandoverLog>
  /** Names of the migrations that ran now. */
  readonly migrated: readonly string[]
}

/**
 * Brings the database up to date and connects to Redis under the prefix that its installation has there. Fails with
 * `misconfigured` where the queue could not work, with everything closed that was opened.
 */
async function openQueue(
  config: CompleteConfig,
  overrides: Overrides,
  { database, store, log }: { database: OpenDatabase; store: Store; log: Logger },
): Promise<QueueParts> {
  let redis: QueueParts['redis'] | null = null
  try {
    const migrated = await database.migrate()
    const installation = await store.installation()
    const prefix = keyPrefix(config.queuePrefix, installation)
    const { state, canUseInfo, doubt } = await checkRedis(config.redis, prefix)
    if (state === 'away') {
      if (overrides.redisRequired)
        throw new AppError(
          'misconfigured',
          'Redis cannot be reached at REDIS_URL. Start it, correct the address, or leave REDIS_URL out.',
        )
      log.error({}, 'Redis cannot be reached: lessons go out by the sweep, up to a minute late, until it is back')
    }
    if (doubt !== null) log.warn({}, doubt)
    const connected = connectRedis(config.redis, { canUseInfo })
    redis = connected
    const handoverLog = createHandoverLog(join(config.dataDir, 'last-dot'), connected, log, prefix)
    const takeOverKeys = async () => {
      await claimPrefix(connected, prefix, installation)
      const removeOldJobs = await moveOldKeys({
        ...{ redis: connected, prefix, log },
        hasHistory: await store.hasHistory(),
        hasOwnHandover: handoverLog.hasOwn(),
        hasReached: (dot) => store.deliveries.hasReached(dot.deliveryId, dot.fence),
        ownJobs: async (jobs) => {
          const dueTimes = await store.deliveries.dueTimes(jobs.map(({ id }) => id))
          return new Set(jobs.filter(({ id, dueAt }) => dueTimes.get(id) === dueAt).map(({ id }) => id))
        },
      })
      // Broken off, it goes on at the next start.
      removeOldJobs().catch((error: unknown) =>
        log.debug({ error: String(error) }, 'could not remove old jobs from Redis'),
      )
    }
    if (state === 'ready') await takeOverKeys()
    else
      connected.once('ready', () =>
        takeOverKeys().catch((error: unknown) =>
          log.error({ error: String(error) }, 'Redis is back but cannot be used'),
        ),
      )
    return { redis: connected, prefix, canUseInfo, handoverLog, migrated }
  } catch (error) {
    redis?.disconnect()
    await database.close()
    throw error
  }
}

/** What the privacy page says where settings are missing is what every email says already. */
function privacyOf({ privacy, mailFrom, mailAddress }: Config) {
  return {
    controller: privacy.controller ?? `${mailFrom.name}\n${mailAddress}`,
    contact: privacy.contact ?? mailFrom.address,
    legalBasis: privacy.legalBasis ?? LEGAL_BASIS,
  }
}

async function listenOn(server: Server, at: { port: number; host?: string; setting: string }): Promise<void> {
  const { port, host, setting } = at
  server.listen({ port, ...(host !== undefined && { host }) })
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new AppError(
        'misconfigured',
        `Port ${port} is in use. Stop what uses it, or choose another: ${setting}=${port + 1} npm start`,
      )
    if (code === 'EADDRNOTAVAIL')
      throw new AppError(
        'misconfigured',
        `${setting} names an address that this machine does not have. Choose one of its own.`,
      )
    if (code === 'EACCES')
      throw new AppError(
        'misconfigured',
        `Port ${port} cannot be opened by this user. Choose one above 1023: ${setting}=3000 npm start`,
      )
    throw error
  }
}

/** Answers what has been asked, takes nothing new, and lets no idle connection hold the process. */
async function stopListening(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const forceClose = setTimeout(() => server.closeAllConnections(), 10_000)
  await closed
  clearTimeout(forceClose)
}

/** Runs one at a time; woken meanwhile, once more after. A failure is left to the next time, as `onFailureSay` says. */
function createBackgroundTask(
  work: () => Promise<void>,
  log: Logger,
  onFailureSay: string,
): { wake(): void; settled(): Promise<void> } {
  let running: Promise<void> | null = null
  let isWanted = false
  const run = async () => {
    while (isWanted) {
      isWanted = false
      await work().catch((error: unknown) => log.warn({ error: errorForLog(error) }, onFailureSay))
    }
    running = null
  }
  return {
    wake() {
      isWanted = true
      running ??= run()
    },
    async settled() {
      await running
    },
  }
}

function throttle(everyMs: number, act: (now: number) => void): (now: number) => void {
  let last = Number.NEGATIVE_INFINITY
  return (now) => {
    if (Math.abs(now - last) < everyMs) return
    last = now
    act(now)
  }
}
