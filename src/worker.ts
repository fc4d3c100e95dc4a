import { createApp } from './app.ts'
import { USAGES } from './cli/usages.ts'
import { requireCompleteConfig, run } from './run.ts'

/** A worker alone, for a Procfile: claims due deliveries and sends them. */
await run(USAGES.worker, async (config) => {
  const app = await createApp(requireCompleteConfig(config))
  await app.startWorker()
  app.log.info({}, 'the worker has started')
  return app
})
