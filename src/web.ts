import { USAGES } from './cli/usages.ts'
import { run } from './run.ts'

/** The site alone, for a Procfile: any number of these beside any number of workers. */
await run(USAGES.web, async (config) => {
  const { requireCompleteConfig } = await import('./load-config.ts')
  const complete = requireCompleteConfig(config)
  const { createApp } = await import('./app.ts')
  const app = await createApp(complete)
  const { port } = await app.listen()
  app.log.info({ port }, 'the site is listening')
  const reports = await app.listenForReports()
  if (reports) app.log.info(reports, 'accepting email for the return-path domain')
  return app
})
