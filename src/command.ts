import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApp } from './app.ts'
import { DOCTOR_USAGE, runDoctor } from './cli/doctor.ts'
import { MAIL_USAGE, runMail } from './cli/mail.ts'
import { runSuppression, SUPPRESSION_USAGE } from './cli/suppression.ts'
import { type Config, missingPrivacy } from './config.ts'
import { AppError } from './core/errors.ts'
import { readTlsFiles } from './inbound/tls-files.ts'
import { askProxies } from './local/ask-proxies.ts'
import { createDns } from './local/dns.ts'
import { fileMode, freeBytes } from './local/look-at-files.ts'
import { openToOthers } from './local/private-files.ts'
import { readDkimKey } from './mail/dkim.ts'
import { probeRelay } from './mail/probe-relay.ts'
import { checkRedis } from './queue/check-redis.ts'
import { loadConfig, run, secretOf } from './run.ts'
import { countReportsSetAside } from './store/look-into.ts'

const commands = { mail: runMail, suppression: runSuppression }

/** The operator's commands: `command.ts <command> [arguments]`. Work while the service runs, and while it does not. */
const [name = '', ...args] = process.argv.slice(2)
if (name === 'doctor') await doctor()
else
  await run(async (config) => {
    const command = commands[name as keyof typeof commands]
    if (!command) {
      console.error(`${MAIL_USAGE}\n${SUPPRESSION_USAGE}\n${DOCTOR_USAGE}`)
      process.exit(2)
    }
    const app = await createApp({
      ...config,
      logLevel: 'silent',
      secretKey: secretOf(config),
      redisUrl: config.redisUrl ?? join(config.dataDir, 'redis', 'redis.sock'),
      smtpUrl: config.smtpUrl ?? 'smtp://127.0.0.1:1',
    })
    const { text, status } = await command(app.ports, args)
    console.log(text)
    await app.close()
    process.exit(status)
  })

/** Starts nothing of the service, so that it can say what keeps it from starting. Status 2 for settings that are wrong. */
async function doctor(): Promise<void> {
  try {
    const { text, status } = await runDoctor(patientOf(loadConfig()), args)
    console.log(text)
    process.exitCode = status
  } catch (error) {
    console.error(error instanceof AppError ? error.message : error)
    process.exitCode = 2
  }
}

function patientOf(config: Config): Parameters<typeof runDoctor>[0] {
  return {
    settings: {
      ...config,
      production: config.environment === 'production',
      missingPrivacy: missingPrivacy(config.privacy),
    },
    askProxies: () => askProxies(config.port),
    dns: createDns(),
    readText: (file) => readFile(file, 'utf8'),
    readKey: readDkimKey,
    probeRelay: (url) => probeRelay(url, new URL(config.publicUrl).hostname),
    checkRedis,
    readTlsFiles,
    reportsSetAside: async () => countReportsSetAside(config.databaseFile),
    freeBytes,
    fileMode,
    openToOthers: () => openToOthers(config),
    now: () => Date.now(),
  }
}
