import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { createSteadyClock, machineClocks } from './clock.ts'
import { type Config, missingPrivacy } from './config.ts'
import { checkWithCache } from './content/check-cache.ts'
import { createCourseChecker } from './content/course-checker.ts'
import { createLibrarySearch } from './content/library-search.ts'
import type { Content } from './content/load-content.ts'
import type { Calendar } from './core/delivery/calendar.ts'
import { createLocalCalendar } from './core/delivery/local-calendar.ts'
import { createRehearsalCalendar } from './core/delivery/rehearsal-calendar.ts'
import { AppError, ProblemsError } from './core/errors.ts'
import { deriveKeys } from './core/security/keys.ts'
import { poolRandomBytes } from './core/security/pool-random-bytes.ts'
import { createNameSealer, createSealer } from './core/security/sealer.ts'
import type { RedisServer } from './core/service-urls/redis-url.ts'
import type { SmtpServer } from './core/service-urls/relay-url.ts'
import { warnOfOverdueReviews } from './flow/course/warn-of-overdue-reviews.ts'
import { deliver } from './flow/delivery/deliver.ts'
import { reclaimLeases } from './flow/delivery/reclaim-leases.ts'
import { replanUnbuiltMessages } from './flow/delivery/replan-unbuilt-messages.ts'
import { holdIfRestored } from './flow/delivery/restored-database.ts'
import { sweep } from './flow/delivery/sweep.ts'
import { notifyAuthors } from './flow/desk/questions/notify-authors.ts'
import type { Clock, Composer, FlowSettings, Mailer, Ports } from './flow/ports/ports.ts'
import type { Store } from './flow/ports/store-ports.ts'
import { applyReplies } from './flow/question/apply-replies.ts'
import { applyEvents } from './flow/reports/apply-event.ts'
import { runUpkeep } from './flow/upkeep/run-upkeep.ts'
import { withWakeUps } from './flow/with-wake-ups.ts'
import { createSnsFetch } from './inbound/fetch-sns.ts'
import type { InboundListener, ListenerLimits } from './inbound/listener.ts'
import { createReplyReader, type ResolveDns } from './inbound/reply-reader.ts'
import { createReportReader } from './inbound/report-reader.ts'
import { emailProblems, LESSONS_FOLDER, loadForSending } from './load-for-sending.ts'
import { createRecordLookup } from './local/dns.ts'
import { freeBytes } from './local/file-stats.ts'
import { createComposer } from './mail/message/composer.ts'
import { readDkimKeys } from './mail/message/dkim-files.ts'
import { createMessageArchive } from './mail/message/message-archive.ts'
import { createOperatorMail } from './mail/message/operator-mail.ts'
import { createSmtpMailer } from './mail/smtp/smtp-mailer.ts'
import { createBackgroundTask } from './queue/background-task.ts'
import { openQueue } from './queue/open-queue.ts'
import { connectRedis } from './queue/redis.ts'
import { createReportTask } from './queue/report-task.ts'
import { throttle } from './queue/throttle.ts'
import { createWakeUps } from './queue/wake-ups.ts'
import { type QueueWorker, startQueueWorker } from './queue/worker.ts'
import { isDeadWorker, workerName } from './queue/worker-name.ts'
import { lastBackupAt } from './store/backup/last-backup.ts'
import { openDatabase } from './store/open-database.ts'
import { createRelayPace } from './store/sending/relay-pace.ts'
import { createStore } from './store/store.ts'
import type { ConnectionLimits } from './web/security/guard-connections.ts'
import type { StartedSite } from './web/start-site.ts'

/** Replacements for tests and other compositions. */
export interface Overrides {
  readonly clock?: Clock
  readonly calendar?: Calendar
  readonly mailer?: Mailer & { drain?(): void; close(): Promise<void> }
  readonly random?: () => number
  readonly worker?: string
  /** Courses and emails already loaded; otherwise they are read from the two folders. */
  readonly content?: Content
  /** Folders of courses and email layouts. */
  readonly lessonsDir?: string
  readonly emailsDir?: string
  readonly smtpSilenceMs?: number
  readonly composer?: Composer
  /** Whether all emails of all courses are built before anything starts, as a check; true by default. */
  readonly checkEmails?: boolean
  /** Wraps the store that the flows use. */
  readonly wrapStore?: (store: Store) => Store
  /** Replaces network access for webhooks. */
  readonly fetchTrusted?: (address: string) => Promise<string>
  /** Refuses to start if Redis does not answer; otherwise only the sweep delivers until it does. */
  readonly redisRequired?: boolean
  readonly sweepEveryMs?: number
  /** Lower limits, so that tests can reach them. */
  readonly connectionLimits?: Partial<ConnectionLimits>
  readonly settings?: Partial<FlowSettings>
  /** Options of the thread that parses reports. */
  readonly reportReader?: Parameters<typeof createReportReader>[0]
  /** Replaces DNS for the authentication of replies. */
  readonly resolveDns?: ResolveDns
  /** Options of the thread that reads replies. */
  readonly replyReader?: Parameters<typeof createReplyReader>[1]
  readonly listenerLimits?: Partial<ListenerLimits>
}

export interface App {
  readonly ports: Ports
  readonly log: Logger
  /** Prefix of every Redis key. */
  readonly queuePrefix: string
  /** Starts the site. Fails with `misconfigured` and the fix if the port is in use. */
  listen(): Promise<{ readonly port: number }>
  /** Starts accepting email to the return-path domain and the reply domain; null if BOUNCE_PORT is not set. */
  listenForReports(): Promise<{ readonly port: number } | null>
  /** Starts claiming deliveries. */
  startWorker(): Promise<void>
  /** Drains in order: HTTP, then the deliveries in progress, then all connections. */
  close(): Promise<void>
}

/** A config with all servers filled in; start.ts adds those that it embeds. */
export type CompleteConfig = Config & {
  readonly secretKey: string
  readonly redis: RedisServer
  readonly smtp: SmtpServer
}

const SWEEP_EVERY_MS = 15_000
const SMTP_SILENCE_MS = 600_000
const LEASE_MS = 120_000
const RESEND_AFTER_MS = 15 * 60_000
const CLAIM_BEAT_MS = 5_000
const UPKEEP_EVERY_MS = 3_600_000
/** How often authors are told of new questions at most, ms. */
const NOTICES_EVERY_MS = 60_000
/** The migration that removes the content of reports from rows of earlier versions. */
const REPORT_QUEUE_MIGRATION = '008-report-queue'

/**
 * The composition root, the only module that knows all adapters. Modules that only the site needs are loaded when it
 * starts, which saves a worker a tenth of its memory. Throws ProblemsError for invalid course or email files.
 */
export async function createApp(config: CompleteConfig, overrides: Overrides = {}): Promise<App> {
  const log = pino({ level: config.logLevel, base: null })
  const content = await loadForSending(config, overrides)
  const { courses, locales, composerOptions } = content
  if (!courses.get(config.course))
    throw new AppError('misconfigured', `COURSE is ${config.course}, but there is no folder lessons/${config.course}.`)
  if (overrides.checkEmails !== false) {
    // Checked with the longest port, so that a start on another port need not check again.
    const publicUrl = { ...config.publicUrl, href: config.publicUrl.href.replace(/:\d+(?=\/|$)/, ':65535') }
    const depends = [
      courses.inEveryLanguage().map((course) => [course, courses.resourcesOf(course.name, course.language)]),
      composerOptions,
      locales.version,
      publicUrl,
    ]
    const problems = await checkWithCache(depends, () => emailProblems(content, { publicUrl }))
    if (problems.length > 0) throw new ProblemsError(problems)
  }
  warnOfOverdueReviews(courses, (overrides.clock ?? { now: () => Date.now() }).now(), log)

  const database = openDatabase(config.database, config.databaseConnections)
  const keys = deriveKeys(config.secretKey)
  const store = createStore(database, createNameSealer(keys.fieldNames, keys.fieldNonces))
  const closeDatabase = async (error: unknown): Promise<never> => {
    await database.close()
    throw error
  }
  const migrated = await database.migrate().catch(closeDatabase)
  const { redis, prefix, canUseInfo, handoverLog } = await openQueue(
    { ...config, isRedisRequired: overrides.redisRequired ?? false },
    { store, log },
  ).catch(closeDatabase)
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
  const dkim = await readDkimKeys(config.dkim)
  const reportReader = createReportReader(overrides.reportReader)
  const replyReader = createReplyReader(overrides.resolveDns ?? createRecordLookup(), overrides.replyReader)
  const noteUnknownZone = (zone: string, used: string) =>
    log.warn({ zone, used }, 'unknown time zone; another one is used for lesson times')
  const ports: Ports = {
    clock,
    store: withWakeUps(overrides.wrapStore?.(store) ?? store, wakeUps),
    wakeUps,
    mailer,
    composer: overrides.composer ?? createComposer({ ...composerOptions, dkim }),
    archive: createMessageArchive(),
    operatorMail: createOperatorMail({ from: config.mailFrom, dkim }),
    host: {
      freeBytes: () => freeBytes(config.dataDir).catch(() => null),
      // Where npm run backup puts them unless it is told another folder.
      lastBackupAt: () => lastBackupAt(join(config.dataDir, 'backups')),
    },
    courses,
    librarySearch: createLibrarySearch(courses, store.publishedQuestions),
    courseCheck: createCourseChecker(overrides.lessonsDir ?? LESSONS_FOLDER, clock.now),
    locales,
    calendar:
      overrides.calendar ??
      (config.courseDay === null ? createLocalCalendar(noteUnknownZone) : createRehearsalCalendar(config.courseDay)),
    keys,
    sealer: createSealer(keys.wrapping, poolRandomBytes(randomBytes)),
    log,
    random: overrides.random ?? Math.random,
    randomBytes,
    onClaim: throttle(CLAIM_BEAT_MS, (now) => {
      store.heartbeats.beat('claim', now).catch((error: unknown) => log.debug({ error: String(error) }, 'no beat'))
    }),
    handoverLog,
    isDeadWorker,
    readReport: (raw) => reportReader.read(raw),
    readReply: (reply) => replyReader.read(reply),
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
      replyDomain: config.replyDomain,
      warmUp: config.warmUp,
      deskUrl: config.desk?.url.href ?? null,
      ...overrides.settings,
    },
  }

  const closing = new AbortController()
  const reports = createReportTask({
    // Replies first: one that turns out to be a report is applied at once.
    apply: async () => (await applyReplies(ports, closing.signal)) + (await applyEvents(ports, closing.signal)),
    truncateLog: () => store.truncateRecoveryLog(),
    isLogStale: migrated.includes(REPORT_QUEUE_MIGRATION),
    log,
  })
  const upkeep = createBackgroundTask(
    () => runUpkeep(ports, closing.signal),
    log,
    'upkeep ended early; it will continue within the hour',
  )
  const wakeUpkeep = throttle(UPKEEP_EVERY_MS, () => upkeep.wake())
  const notices = createBackgroundTask(
    () => notifyAuthors(ports),
    log,
    'authors could not be told of new questions; they will be within a minute',
  )
  const wakeNotices = throttle(NOTICES_EVERY_MS, () => notices.wake())
  let inbound: InboundListener | null = null
  let site: StartedSite | null = null
  let queueWorker: QueueWorker | null = null
  return {
    ports,
    log,
    queuePrefix: prefix,

    async listen() {
      const { startSite } = await import('./web/start-site.ts')
      const { completePrivacy } = await import('./web/privacy/complete-privacy.ts')
      const missing = missingPrivacy(config.privacy)
      if (config.environment === 'production' && missing.length > 0)
        log.warn({ missing }, 'the privacy page says what MAIL_FROM and MAIL_ADDRESS say, since settings are missing')
      site = await startSite(ports, {
        settings: {
          publicUrl: config.publicUrl,
          trustProxy: config.trustProxy,
          signUpLimit: config.signUpLimit,
          signUpOrigins: config.signUpOrigins,
          metricsToken: config.metricsToken,
          metricsOnSite: config.metricsListen === null,
          privacy: completePrivacy(config.privacy, config),
          showStyles: config.environment !== 'production',
          deskTimeZone: config.deskTimeZone,
          deskOnSite: config.desk !== null && config.desk.listen === null,
        },
        port: config.port,
        metricsListen: config.metricsListen,
        deskListen: config.desk?.listen ? { ...config.desk.listen, url: config.desk.url } : null,
        ...(overrides.connectionLimits ? { limits: overrides.connectionLimits } : {}),
      })
      return { port: site.port }
    },

    async listenForReports() {
      const domains = { returnPath: config.returnPathDomain, reply: config.replyDomain }
      if (config.bouncePort === null || (domains.returnPath ?? domains.reply) === null) return null
      const { startInboundListener } = await import('./inbound/listener.ts')
      const { readTlsFiles } = await import('./inbound/tls-files.ts')
      inbound = await startInboundListener(ports, {
        domains,
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
          // Picks up reports whose process ended after storing but before applying them.
          reports.wake()
          wakeUpkeep(clock.now())
          wakeNotices(clock.now())
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
      await site?.close()
      await inbound?.close()
      mailer.drain?.()
      await queueWorker?.close()
      await upkeep.settled()
      await notices.settled()
      await reports.settled()
      await reportReader.close()
      await replyReader.close()
      await mailer.close()
      await wakeUps.close()
      await handoverLog.close()
      redis.disconnect()
      await database.close()
    },
  }
}
