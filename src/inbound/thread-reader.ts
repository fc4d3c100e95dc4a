import { Worker } from 'node:worker_threads'

/** Starting the thread takes up to a second, longer on a busy machine. */
const START_DEADLINE_MS = 30_000
/** Idle threads are stopped to free about 10 MB. */
const IDLE_MS = 60_000

export interface ThreadReader<Input, Result> {
  /**
   * Reads one input at a time, in order. Rejects on timeout or if the thread exits; the next call starts a new thread.
   */
  read(input: Input): Promise<Result>
  close(): Promise<void>
}

export interface ThreadOptions {
  /** Path of the thread's module. */
  readonly thread: string
  /** For one input, ms, counted from when the thread is ready. */
  readonly deadlineMs: number
  /** Limit of the thread's memory for long-lived objects, MB. */
  readonly maxHeapMb: number
  /**
   * Makes what answers the thread's questions about one input, with its limits. Left out: it may ask nothing. What it
   * rejects with reaches the thread as its `code`.
   */
  readonly answering?: () => (question: unknown) => Promise<unknown>
}

export type ToThread =
  | { readonly input: unknown }
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly code: string }

export type FromThread = { readonly result: unknown } | { readonly ask: number; readonly question: unknown }

/**
 * Parses what strangers send in a worker thread. The thread starts with the first input. Its first message is a result
 * that signals that it is ready.
 */
export function createThreadReader<Input, Result>({
  thread,
  deadlineMs,
  maxHeapMb,
  answering,
}: ThreadOptions): ThreadReader<Input, Result> {
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
    const resourceLimits = { maxOldGenerationSizeMb: maxHeapMb, maxYoungGenerationSizeMb: 8, stackSizeMb: 2 }
    const made = new Worker(thread, { resourceLimits, env: {}, argv: [], execArgv: [] })
    made.unref()
    // A late error must not end the process.
    made.on('error', () => {})
    worker = made
    await nextResult(START_DEADLINE_MS, made, null)
    return made
  }

  async function readNow(input: Input): Promise<Result> {
    clearTimeout(idle)
    try {
      const running = worker ?? (await start())
      const result = nextResult(deadlineMs, running, answering?.() ?? null)
      running.postMessage({ input } satisfies ToThread)
      return (await result) as Result
    } catch (error) {
      await discard()
      throw error
    } finally {
      idle = setTimeout(discard, IDLE_MS)
      idle.unref()
    }
  }

  return {
    read(input) {
      const result = last.then(() => readNow(input))
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

/** Resolves with the thread's next result and answers its questions until then; rejects if it fails or exits first, or on timeout. */
function nextResult(
  ms: number,
  worker: Worker,
  answer: ((question: unknown) => Promise<unknown>) | null,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer)
      worker.off('message', heard).off('error', failed).off('exit', ended)
      act()
    }
    const heard = (message: FromThread) => {
      if ('result' in message) return settle(() => resolve(message.result))
      const tell = (reply: ToThread) => worker.postMessage(reply)
      const answered = answer === null ? Promise.reject(new Error('Nothing answers.')) : answer(message.question)
      answered.then(
        (value) => tell({ answer: message.ask, value }),
        (error: { code?: unknown }) => tell({ answer: message.ask, code: String(error.code ?? 'ESERVFAIL') }),
      )
    }
    const failed = (error: Error) => settle(() => reject(error))
    const ended = () => settle(() => reject(new Error('The worker thread exited.')))
    const timer = setTimeout(() => settle(() => reject(new Error('A message took too long to read.'))), ms)
    worker.on('message', heard).once('error', failed).once('exit', ended)
  })
}
