import { createApp } from '../../src/app.ts'
import { readConfig, requireServices } from '../../src/config.ts'

/** The service in a separate process, so that its whole output can be read. Settings come from the environment. */
const config = requireServices(readConfig(process.env))
const app = await createApp(
  { ...config, secretKey: 'a secret that only tests know, 0123456789' },
  { sweepEveryMs: 100, checkEmails: false },
)
await app.listen()
await app.startWorker()
process.stdout.write('listening\n')
process.on('SIGTERM', async () => {
  await app.close()
  process.exit(0)
})
