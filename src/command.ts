import { join } from 'node:path'
import { createApp } from './app.ts'
import { MAIL_USAGE, runMail } from './cli/mail.ts'
import { runSuppression, SUPPRESSION_USAGE } from './cli/suppression.ts'
import { run, secretOf } from './run.ts'

const commands = { mail: runMail, suppression: runSuppression }

/** The operator's commands: `command.ts <command> [arguments]`. Work while the service runs, and while it does not. */
await run(async (config) => {
  const [name = '', ...args] = process.argv.slice(2)
  const command = commands[name as keyof typeof commands]
  if (!command) {
    console.error(`${MAIL_USAGE}\n${SUPPRESSION_USAGE}`)
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
