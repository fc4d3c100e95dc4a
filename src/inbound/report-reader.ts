import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { MailEvent } from '../core/reports/mail-event.ts'

/** A report takes milliseconds; the thread before its first one up to a second, on a busy machine some. */
const DEADLINE_MS = 5_000
const START_DEADLINE_MS = 30_000
/** A thread without work ends: it holds some 10 MB. */
const IDLE_MS = 60_000
/** A report has 256 KB at most, and reading it takes a few times that. */
const LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 2 }
const THREAD = fileURLToPath(new URL('./report-thread.ts', import.meta.url))

export interface ReportReader {
  /** One at a time, in order. Rejects when the deadline passes, or when the thread ends by itself; the next gets a fresh one. */
  read(raw: Uint8Array): Promise<MailEvent>
  close(): Promise<void>
}

/**
 * Reads reports in a thread of their own: whatever one of them does to its reader, the site answers and the worker sends.
 * `deadlineMs` counts from the moment the thread is there. The thread starts with the first report.
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
    // Nothing of this process is for the thread: no arguments, no environment.
    const made = new Worker(thread, { resourceLimits: LIMITS, env: {}, argv: [], execArgv: [] })
    made.unref()
    // An error that comes when nobody waits any more must not end the process.
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

/** What the thread says next; rejects when the thread fails or ends before, or when time is up. */
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
