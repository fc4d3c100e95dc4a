import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApp } from './app.ts'
import { DOCTOR_USAGE, runDoctor } from './cli/doctor/doctor.ts'
import { MAIL_USAGE, runMail } from './cli/mail.ts'
import { runSuppression, SUPPRESSION_USAGE } from './cli/suppression.ts'
import { asksForHelp } from './cli/usages.ts'
import { type Config, missingPrivacy } from './config.ts'
import { AppError } from './core/errors.ts'
import { readTlsFiles } from './inbound/tls-files.ts'
import { emailProblems, loadForSending } from './load-for-sending.ts'
import { createDns } from './local/dns.ts'
import { fetchProxyWarning } from './local/fetch-proxy-warning.ts'
import { fileMode, freeBytes } from './local/file-stats.ts'
import { filesOpenToOthers } from './local/private-files.ts'
import { readDkimKey } from './mail/message/dkim.ts'
import { probeRelay } from './mail/smtp/probe-relay.ts'
import { checkRedis } from './queue/check-redis.ts'
import { loadConfig, run, secretKeyFor } from './run.ts'
import { countReportsSetAside, databaseProblem } from './store/inspect-database.ts'

const commands = {
  mail: { work: runMail, usage: MAIL_USAGE },
  suppression: { work: runSuppression, usage: SUPPRESSION_USAGE },
}

/** The operator's commands: `command.ts <command> [arguments]`. Work while the service runs, and while it does not. */
const [name = '', ...args] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : null
const usage =
  name === 'doctor' ? DOCTOR_USAGE : (command?.usage ?? [MAIL_USAGE, SUPPRESSION_USAGE, DOCTOR_USAGE].join('\n'))
if (name === 'doctor' && !asksForHelp(args)) await doctor()
// Which words fit, each command says itself.
else
  await run(
    usage,
    async (config) => {
      if (command === null) throw new AppError('misconfigured', usage)
      const complete = {
        ...config,
        logLevel: 'silent' as const,
        secretKey: secretKeyFor(config),
        redis: config.redis ?? { socket: join(config.dataDir, 'redis', 'redis.sock') },
        smtp: config.smtp ?? { secure: false, host: '127.0.0.1', port: 1, credentials: null },
      }
      const app = await createApp(complete, { checkEmails: false })
      const { text, status } = await command.work(app.ports, args)
      console.log(text)
      await app.close()
      process.exit(status)
    },
    () => command !== null,
  )

/** Starts nothing of the service, so that it can say what keeps it from starting. Status 2 for settings that are wrong. */
async function doctor(): Promise<void> {
  try {
    const { text, status } = await runDoctor(doctorDeps(loadConfig()), args)
    console.log(text)
    process.exitCode = status
  } catch (error) {
    console.error(error instanceof AppError ? error.message : error)
    process.exitCode = 2
  }
}

function doctorDeps(config: Config): Parameters<typeof runDoctor>[0] {
  return {
    settings: {
      ...config,
      production: config.environment === 'production',
      missingPrivacy: missingPrivacy(config.privacy),
    },
    fetchProxyWarning: () => fetchProxyWarning(config.port),
    dns: createDns(),
    readText: (file) => readFile(file, 'utf8'),
    readKey: readDkimKey,
    probeRelay: (server) => probeRelay(server, config.publicUrl.hostname),
    checkRedis: (server) => checkRedis(server, config.queuePrefix ?? undefined),
    readTlsFiles,
    reportsSetAside: () => countReportsSetAside(config.database),
    // Everything an author edits, read and built as the service does when it starts.
    courseProblems: async () => emailProblems(await loadForSending(config), config),
    databaseProblem,
    freeBytes,
    fileMode,
    filesOpenToOthers: () => filesOpenToOthers(config),
    now: () => Date.now(),
  }
}
