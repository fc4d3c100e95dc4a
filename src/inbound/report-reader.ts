import { fileURLToPath } from 'node:url'
import type { MailEvent } from '../core/reports/mail-event.ts'
import { createThreadReader, type ThreadOptions, type ThreadReader } from './thread-reader.ts'

export type ReportReader = ThreadReader<Uint8Array, MailEvent>

const OPTIONS: ThreadOptions = {
  thread: fileURLToPath(new URL('./report-thread.ts', import.meta.url)),
  // Parsing takes milliseconds.
  deadlineMs: 5_000,
  // A report has at most 256 KB, and parsing needs a few times that.
  maxHeapMb: 64,
}

/** Parses reports in a worker thread, so that a hostile report cannot block or crash the site or the worker. */
export function createReportReader(options: Partial<ThreadOptions> = {}): ReportReader {
  return createThreadReader({ ...OPTIONS, ...options })
}
