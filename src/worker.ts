import { createApp } from './app.ts'
import { USAGES } from './cli/usages.ts'
import { configured, run } from './run.ts'

/** A worker alone, for a Procfile: takes up what is due and sends it. */
await run(USAGES.worker, async (config) => {
  const app = await createApp(configured(config))
  await app.startWorker()
  app.log.info({}, 'the worker is working')
  return app
})
