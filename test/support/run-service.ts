import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'

/** The service in a process of its own, so that everything it says can be heard. Settings come from the environment. */
const config = readConfig(process.env)
const { REDIS_URL = '', SMTP_URL = '' } = process.env
const app = await createApp(
  { ...config, secretKey: 'a secret that only tests know, 0123456789', redisUrl: REDIS_URL, smtpUrl: SMTP_URL },
  { sweepEveryMs: 100 },
)
await app.listen()
await app.startWorker()
process.stdout.write('listening\n')
process.on('SIGTERM', async () => {
  await app.close()
  process.exit(0)
})
