import { parentPort } from 'node:worker_threads'
import { readReport } from './read-report.ts'

// The thread in which report-reader.ts reads reports, one after the other: for each a MailEvent. Its first message says that
// it is there.
parentPort?.on('message', (raw: Uint8Array) => parentPort?.postMessage(readReport(raw)))
parentPort?.postMessage('ready')
