// Site and worker in one process, as in src/start.ts, with a monitor of the event loop. A line on stdin requests the
// longest blocking since the previous one.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { createApp } from '../../src/app.ts'
import { requireCompleteConfig } from '../../src/load-config.ts'
import { run } from '../../src/run.ts'
import { say } from '../parts/child-process.ts'

const RESOLUTION_MS = 2
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

await run('', async (config) => {
  const lessonsDir = process.env.BENCH_LESSONS
  const app = await createApp(requireCompleteConfig(config), lessonsDir ? { lessonsDir } : {})
  await app.listen()
  await app.startWorker()
  return app
})

delay.enable()
createInterface({ input: process.stdin }).on('line', () => {
  // The timer itself is at least one step late, which is not blocking.
  const blocked = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
  say({ loop: { max: blocked(delay.max), p99: blocked(delay.percentile(99)) } })
  delay.reset()
})
