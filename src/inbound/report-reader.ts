import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { MailEvent } from '../core/reports/mail-event.ts'

/** Parsing takes milliseconds; starting the thread takes up to a second, longer on a busy machine. */
const DEADLINE_MS = 5_000
const START_DEADLINE_MS = 30_000
/** Idle threads are stopped to free about 10 MB. */
const IDLE_MS = 60_000
/** A report has at most 256 KB, and parsing needs a few times that. */
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 2 }
const THREAD = fileURLToPath(new URL('./report-thread.ts', import.meta.url))

export interface ReportReader {
  /**
   * Reads one report at a time, in order. Rejects on timeout or if the thread exits; the next call starts a new thread.
   */
  read(raw: Uint8Array): Promise<MailEvent>
  close(): Promise<void>
}

/**
 * Parses reports in a worker thread, so that a hostile report cannot block or crash the site or the worker.
 * `deadlineMs` counts from when the thread is ready. The thread starts with the first report.
 */
export function createReportReader({ deadlineMs = DEADLINE_MS, thread = THREAD } = {}): ReportReader {
  let worker: Worker | null = null
  let last: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined

  const discard = async () => {
    const ended = worker
    worker = null
    await ended?.terminate()
  }

  async function start(): Promise<Worker> {
    // Untrusted input: the thread gets no arguments and no environment.
    const made = new Worker(thread, { resourceLimits: LIMITS, env: {}, argv: [], execArgv: [] })
    made.unref()
    // A late error must not end the process.
    made.on('error', () => {})
    worker = made
    await nextMessage(START_DEADLINE_MS, made)
    return made
  }

  async function readNow(raw: Uint8Array): Promise<MailEvent> {
    clearTimeout(idle)
    try {
      const running = worker ?? (await start())
      const answer = nextMessage(deadlineMs, running)
      running.postMessage(raw)
      return (await answer) as MailEvent
    } catch (error) {
      await discard()
      throw error
    } finally {
      idle = setTimeout(discard, IDLE_MS)
      idle.unref()
    }
  }

  return {
    read(raw) {
      const result = last.then(() => readNow(raw))
      last = result.catch(() => {})
      return result
    },
    async close() {
      clearTimeout(idle)
      await last
      clearTimeout(idle)
      await discard()
    },
  }
}

/** Resolves with the thread's next message; rejects if the thread fails or exits first, or on timeout. */
function nextMessage(ms: number, worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer)
      worker.off('message', done).off('error', failed).off('exit', ended)
      act()
    }
    const done = (value: unknown) => settle(() => resolve(value))
    const failed = (error: Error) => settle(() => reject(error))
    const ended = () => settle(() => reject(new Error('The report worker thread exited.')))
    const timer = setTimeout(() => settle(() => reject(new Error('A report took too long to read.'))), ms)
    worker.once('message', done).once('error', failed).once('exit', ended)
  })
}
