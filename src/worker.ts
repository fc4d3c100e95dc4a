import { USAGES } from './cli/usages.ts'
import { run } from './run.ts'

/** A worker alone, for a Procfile: claims due deliveries and sends them. */
await run(USAGES.worker, async (config) => {
  const { requireCompleteConfig } = await import('./load-config.ts')
  const complete = requireCompleteConfig(config)
  const { createApp } = await import('./app.ts')
  const app = await createApp(complete)
  await app.startWorker()
  app.log.info({}, 'the worker has started')
  return app
})
