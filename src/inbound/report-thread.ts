import { parentPort } from 'node:worker_threads'
import { readReport } from './read-report.ts'
import type { FromThread, ToThread } from './thread-reader.ts'

// The worker thread of report-reader.ts: receives reports and replies with a MailEvent for each. Its first message
// signals that it is ready.
const send = (message: FromThread) => parentPort?.postMessage(message)
parentPort?.on('message', (message: ToThread) => {
  if ('input' in message) send({ result: readReport(message.input as Uint8Array) })
})
send({ result: 'ready' })
