import { createServer } from 'node:net'

/** Below the range from which systems take the ports of outgoing connections and of servers that ask for any. */
const LOWEST = 10_000
const HIGHEST = 30_000

/** Each process begins elsewhere, so that tests side by side do not find the same port free at the same moment. */
let next = LOWEST + ((process.pid * 331) % (HIGHEST - LOWEST))

/** A loopback port that is unused, and that nothing but a test would take. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next
    next = port + 1 < HIGHEST ? port + 1 : LOWEST
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    // On all addresses, because a server that listens on one of them alone would be met by some clients.
    server.listen(port, () => server.close(() => resolve(true)))
  })
}
