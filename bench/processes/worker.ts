// src/worker.ts with the one thing no setting can say: the lessons lie where BENCH_LESSONS says.
import { createApp } from '../../src/app.ts'
import { requireCompleteConfig, run } from '../../src/run.ts'

await run('', async (config) => {
  const lessonsDir = process.env.BENCH_LESSONS
  const app = await createApp(requireCompleteConfig(config), lessonsDir ? { lessonsDir } : {})
  await app.startWorker()
  return app
})
