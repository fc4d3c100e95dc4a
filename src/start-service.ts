import type { App } from './app.ts'
import type { Config } from './config.ts'
import { deskPaths } from './core/desk/desk-paths.ts'
import { AppError } from './core/errors.ts'
import { redactedUrl, type SmtpServer } from './core/service-urls/relay-url.ts'
import { hasOwner, makePrintedLink } from './flow/desk/sign-in-link.ts'
import { secretKeyFor } from './load-config.ts'
import { startEmbeddedMailbox } from './local/embedded-mailbox.ts'
import { startEmbeddedRedis } from './local/embedded-redis.ts'
import { lockFolder } from './local/lock-data-folder.ts'
import type { Running } from './run.ts'

/**
 * Site and worker in one process, with an embedded Redis and mailbox where none is configured. The service itself is loaded
 * once nothing stands in the way of a start.
 */
export async function startService(config: Config): Promise<Running> {
  const parts: Running[] = []
  const close = async () => {
    for (const part of parts.reverse()) await part.close()
  }
  try {
    if (config.smtp === null && config.environment === 'production')
      throw new AppError(
        'misconfigured',
        'SMTP_URL is not set, and the built-in test mailbox is not available in production. Set SMTP_URL to your mail relay.',
      )
    const hold = lockFolder(config.dataDir)
    parts.push({ close: async () => hold.release() })
    let { redis, smtp } = config
    let mailboxUrl: string | null = null
    if (redis === null) {
      const embedded = await startEmbeddedRedis(embeddedOptions(config))
      parts.push({ close: () => embedded.stop() })
      redis = embedded.server
    }
    if (smtp === null) {
      const mailbox = await startEmbeddedMailbox({ ...embeddedOptions(config), fixedPort: config.mailboxPort })
      parts.push({ close: () => mailbox.stop() })
      smtp = mailbox.server
      mailboxUrl = mailbox.webUrl
    }
    const { createApp } = await import('./app.ts')
    const app = await createApp({ ...config, secretKey: secretKeyFor(config), redis, smtp }, { redisRequired: true })
    parts.push(app)
    await app.listen()
    await app.listenForReports()
    await app.startWorker()
    console.log(welcome(config, app, smtp, mailboxUrl, await deskLine(config, app)))
    return { close }
  } catch (error) {
    await close()
    throw error
  }
}

function embeddedOptions(config: Config): { dataDir: string; onProblem: (sentence: string) => void } {
  return { dataDir: config.dataDir, onProblem: (sentence) => console.error(sentence) }
}

/**
 * Where the desk is. While it has no owner, a terminal gets a link that makes one; anything else, such as a log that others
 * read, is told how to print one.
 */
async function deskLine({ desk }: Config, { ports }: App): Promise<string | null> {
  if (desk === null) return null
  if (await hasOwner(ports.store)) return desk.url.href + deskPaths.today()
  if (!process.stdout.isTTY) return 'nobody may open it yet; print a link: npm run desk -- link'
  return `${await makePrintedLink(ports, null)} (works once, for an hour, and makes you its owner)`
}

function welcome(config: Config, app: App, smtp: SmtpServer, mailbox: string | null, desk: string | null): string {
  const course = app.ports.courses.get(config.course)
  const lines = [
    ['Sign up here', config.publicUrl.href],
    mailbox === null
      ? ['Mail goes out by', redactedUrl(smtp)]
      : ['Read the emails here', `${mailbox} (built-in test mailbox; no email is sent)`],
    ...(desk === null ? [] : [['Desk', desk]]),
    ['Data folder', config.dataDir],
    ['Stop with', 'Ctrl-C; the next "npm start" continues where this one stopped'],
  ]
  const pace = config.courseDay === null ? '' : ` A day of the course lasts ${config.courseDay / 1000} s (COURSE_DAY).`
  return [
    '',
    `${course?.title ?? config.course} is running.${pace}`,
    '',
    ...lines.map(([what, value]) => `  ${(what ?? '').padEnd(20)} ${value}`),
    '',
  ].join('\n')
}
