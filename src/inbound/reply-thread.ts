import { parentPort } from 'node:worker_threads'
import type { ReplyToRead } from '../flow/ports/reply-ports.ts'
import { readReply } from './read-reply.ts'
import type { FromThread, ToThread } from './thread-reader.ts'

// The worker thread of reply-reader.ts: receives replies and answers with what is in each. It asks for DNS records by
// message, because only the main thread knows where from. Its first message signals that it is ready.
const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
let asked = 0

function resolveDns(name: string, type: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    waiting.set(++asked, { resolve, reject })
    send({ ask: asked, question: { name, type } })
  })
}

function send(message: FromThread): void {
  parentPort?.postMessage(message)
}

parentPort?.on('message', async (message: ToThread) => {
  if ('input' in message) {
    send({ result: await readReply(message.input as ReplyToRead, resolveDns) })
    waiting.clear()
    return
  }
  const asker = waiting.get(message.answer)
  waiting.delete(message.answer)
  if ('value' in message) asker?.resolve(message.value)
  else asker?.reject(Object.assign(new Error(message.code), { code: message.code }))
})
send({ result: 'ready' })
