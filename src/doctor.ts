import { readFile } from 'node:fs/promises'
import { runDoctor } from './cli/doctor/doctor.ts'
import { type Config, missingPrivacy } from './config.ts'
import { AppError } from './core/errors.ts'
import { PROVIDERS } from './core/reports/providers.ts'
import { readTlsFiles } from './inbound/tls-files.ts'
import { loadConfig } from './load-config.ts'
import { emailProblems, loadForSending } from './load-for-sending.ts'
import { createDns } from './local/dns.ts'
import { fetchDesk } from './local/fetch-desk.ts'
import { fetchProxyWarning } from './local/fetch-proxy-warning.ts'
import { fileMode, freeBytes } from './local/file-stats.ts'
import { filesOpenToOthers } from './local/private-files.ts'
import { readDkimKey } from './mail/message/dkim.ts'
import { probeRelay } from './mail/smtp/probe-relay.ts'
import { checkRedis } from './queue/check-redis.ts'
import { countReportsSetAside, databaseProblem } from './store/inspect-database.ts'

/** Starts nothing of the service, so that it can say what keeps it from starting. Status 2 for settings that are wrong. */
export async function doctor(args: readonly string[]): Promise<void> {
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
      hasReplyWebhook: PROVIDERS.some(({ name, takesReplies }) => takesReplies && config.hooks[name] !== null),
      missingPrivacy: missingPrivacy(config.privacy),
    },
    fetchProxyWarning: () => fetchProxyWarning(config.port),
    fetchDesk,
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
