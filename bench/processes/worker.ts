// src/worker.ts with the folder of lessons from BENCH_LESSONS, for which there is no setting.
import { createApp } from '../../src/app.ts'
import { requireCompleteConfig } from '../../src/load-config.ts'
import { run } from '../../src/run.ts'

await run('', async (config) => {
  const lessonsDir = process.env.BENCH_LESSONS
  const app = await createApp(requireCompleteConfig(config), lessonsDir ? { lessonsDir } : {})
  await app.startWorker()
  return app
})
