import { type App, createApp } from './app.ts'
import { type Config, withoutPassword } from './config.ts'
import { AppError } from './core/errors.ts'
import { holdFolder } from './local/data-folder.ts'
import { startEmbeddedMailbox } from './local/embedded-mailbox.ts'
import { startEmbeddedRedis } from './local/embedded-redis.ts'
import { type Running, run, secretOf } from './run.ts'

/** One command for one machine: site and worker together, with a Redis and a mailbox of its own where none is configured. */
await run(async (config) => {
  const parts: Running[] = []
  const close = async () => {
    for (const part of parts.reverse()) await part.close()
  }
  try {
    if (config.smtpUrl === null && config.environment === 'production')
      throw new AppError(
        'misconfigured',
        'SMTP_URL is not set, and in production there is no mailbox that catches every mail. Set SMTP_URL to your mail relay.',
      )
    const hold = holdFolder(config.dataDir)
    parts.push({ close: async () => hold.release() })
    const redis = config.redisUrl === null ? await startEmbeddedRedis(troubled(config)) : null
    if (redis) parts.push({ close: () => redis.stop() })
    const mailbox = config.smtpUrl === null ? await startEmbeddedMailbox(troubled(config)) : null
    if (mailbox) parts.push({ close: () => mailbox.stop() })

    const app = await createApp(
      {
        ...config,
        secretKey: secretOf(config),
        redisUrl: config.redisUrl ?? redis?.url ?? '',
        smtpUrl: config.smtpUrl ?? mailbox?.smtpUrl ?? '',
      },
      { redisRequired: true },
    )
    parts.push(app)
    await app.listen()
    await app.listenForReports()
    await app.startWorker()
    console.log(await welcome(config, app, mailbox?.webUrl ?? null))
    return { close }
  } catch (error) {
    await close()
    throw error
  }
})

function troubled(config: Config): { dataDir: string; onTrouble: (sentence: string) => void } {
  return { dataDir: config.dataDir, onTrouble: (sentence) => console.error(sentence) }
}

async function welcome(config: Config, app: App, mailbox: string | null): Promise<string> {
  const course = app.ports.courses.get(config.course)
  const lines = [
    ['Sign up here', config.publicUrl],
    mailbox === null
      ? ['Mail goes out by', withoutPassword(config.smtpUrl ?? '')]
      : ['Read the mails here', `${mailbox} (a mailbox of our own: nothing leaves this machine)`],
    ['The data lies in', config.dataDir],
    ['Stop with', 'Ctrl-C; the next "npm start" goes on where this one stopped'],
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
