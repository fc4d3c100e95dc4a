// A relay in front of smtp-sink in its own process, with latency (every reply delayed), a limited rate of final dots,
// or neither. Counts messages and bytes. Configured by BENCH_* variables; any line on stdin requests the counts.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { say } from '../parts/child-process.ts'

const upstreamPort = Number(process.env.BENCH_UPSTREAM)
const delayMs = Number(process.env.BENCH_DELAY_MS ?? 0)
const dotsPerSecond = Number(process.env.BENCH_DOTS_PER_SECOND ?? 0)

const DOT = Buffer.from('\r\n.\r\n')
const counts = { messages: 0, bytes: 0 }
/** Delayed replies, in order; `at` is a time of performance.now(). */
const held: { readonly at: number; readonly release: () => void }[] = []
let nextTurn = 0

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ port: upstreamPort, host: '127.0.0.1', noDelay: true })
  let inBody = false
  let tail: Buffer = Buffer.alloc(0)
  let bodyBytes = 0
  let dots = 0
  /** Replies must stay in order, so a delayed one delays those after it. */
  let last: Promise<void> = Promise.resolve()

  client.on('data', (chunk: Buffer) => {
    if (!upstream.write(chunk)) client.pause()
    if (!inBody) return
    const joined = tail.length === 0 ? chunk : Buffer.concat([tail, chunk])
    const end = joined.indexOf(DOT)
    bodyBytes += (end < 0 ? joined.length : end + DOT.length) - tail.length
    if (end < 0) {
      tail = Buffer.from(joined.subarray(-DOT.length + 1))
      return
    }
    counts.messages += 1
    // Without the final dot and its line ending.
    counts.bytes += bodyBytes - 3
    inBody = false
    dots += 1
    tail = Buffer.alloc(0)
  })
  upstream.on('drain', () => client.resume())

  upstream.on('data', (reply: Buffer) => {
    if (/^354 /m.test(reply.toString('latin1', 0, 512))) {
      inBody = true
      bodyBytes = 0
      tail = Buffer.alloc(0)
    }
    const turns = dots
    dots = 0
    const due = Math.max(performance.now() + delayMs, turns > 0 && dotsPerSecond > 0 ? takeTurns(turns) : 0)
    const passOn = () => {
      if (!client.destroyed) client.write(reply)
    }
    if (delayMs === 0 && (turns === 0 || dotsPerSecond === 0)) return void last.then(passOn)
    last = Promise.all([last, heldUntil(due)]).then(passOn)
  })

  endTogether(client, upstream)
})
server.listen(0, '127.0.0.1', () => say({ port: (server.address() as AddressInfo).port }))
createInterface({ input: process.stdin })
  .on('line', () => say({ counts }))
  .on('close', () => process.exit(0))

/** When the next dots may be acknowledged. Unused capacity is not accumulated. */
function takeTurns(turns: number): number {
  nextTurn = Math.max(performance.now(), nextTurn) + (turns * 1_000) / dotsPerSecond
  return nextTurn
}

/** One timer for all, because one for each would distort the measurement. */
function heldUntil(at: number): Promise<void> {
  return new Promise((release) => {
    if (held.push({ at, release }) === 1) setTimeout(releaseDue, 1)
  })
}

function releaseDue(): void {
  const now = performance.now()
  while (held[0] && held[0].at <= now) held.shift()?.release()
  if (held.length > 0) setTimeout(releaseDue, 1)
}

function endTogether(one: Socket, other: Socket): void {
  for (const [socket, pair] of [
    [one, other],
    [other, one],
  ] as const) {
    socket.on('error', () => pair.destroy())
    socket.on('end', () => pair.end())
    socket.on('close', () => pair.destroy())
  }
}
