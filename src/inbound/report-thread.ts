import { parentPort } from 'node:worker_threads'
import { readReport } from './read-report.ts'

// The worker thread of report-reader.ts: receives reports and replies with a MailEvent for each. Its first message
// signals that it is ready.
parentPort?.on('message', (raw: Uint8Array) => parentPort?.postMessage(readReport(raw)))
parentPort?.postMessage('ready')
