import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { CourseCheck } from '../flow/ports/course-ports.ts'

const THREAD = fileURLToPath(new URL('./check-thread.ts', import.meta.url))
/** Files are seldom edited, and the check takes a second or two of a processor. */
const KEPT_MS = 60_000

/**
 * Checks the courses in a thread of its own, because sending must not wait for it. A result is kept for a minute.
 * Rejects if the check fails.
 */
export function createCourseChecker(lessonsDir: string, now: () => number): () => Promise<CourseCheck> {
  let last: { readonly at: number; readonly result: Promise<CourseCheck> } | null = null
  return () => {
    if (last !== null && now() - last.at < KEPT_MS) return last.result
    const result = checkInThread(lessonsDir)
    last = { at: now(), result }
    result.catch(() => {
      last = null
    })
    return result
  }
}

function checkInThread(lessonsDir: string): Promise<CourseCheck> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, { workerData: lessonsDir, env: {}, argv: [], execArgv: [] })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('The thread that checks courses ended without a result.')))
  })
}
