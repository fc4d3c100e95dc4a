import { USAGES } from './cli/usages.ts'
import { run } from './run.ts'

/** Site and worker in one process. */
await run(USAGES.start, async (config) => {
  const { startService } = await import('./start-service.ts')
  return startService(config)
})
